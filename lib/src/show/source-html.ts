import { escapeHtml } from "../words/index.ts";

/** Returns a source as HTML: each address in it is a link that shows whose page it is, all other words stay. */
export function sourceHtml(source: string): string {
  const linked = escapeHtml(source).replace(/https:\/\/(?:[^\s,;()&]|&amp;)+/g, (address) =>
    URL.canParse(address) ? `<a href="${address}">${shortAddress(address)}</a>` : address,
  );
  return `<cite>${linked}</cite>`;
}

/** Host, owner, name and the last part: the whole address would leave no room for what it is of. */
function shortAddress(address: string): string {
  const { host, pathname } = new URL(address);
  const names = pathname
    .replace("/datasets/", "/")
    .split("/")
    .filter((name) => name !== "");
  const last = names.length > 2 ? ["…", ...names.slice(-1)] : [];
  return [host, ...names.slice(0, 2), ...last].join("/");
}
