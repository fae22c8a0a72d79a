const reasons: Readonly<Record<number, string>> = {
  502: "Bad gateway",
  503: "Service unavailable",
  504: "Gateway time-out",
  524: "A timeout occurred",
};

/** The page of HTML with which the edge in front of the pods answers by itself. */
export function proxyPage(status: number): string {
  const reason = reasons[status] ?? "Web server returned an unknown error";
  return `<!DOCTYPE html>
<html lang="en-US">
<head><title>runpod.net | ${status}: ${reason}</title></head>
<body><h1>${reason}</h1><p>Error code ${status}</p></body>
</html>
`;
}
