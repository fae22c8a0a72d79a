import { escapeHtml } from "../words/index.ts";

/** Returns a source as HTML: each address in it is a link that shows whose page it is, all other words stay. */
export function sourceHtml(source: string): string {
  let html = "";
  let end = 0;
  for (const { 0: address, index } of source.matchAll(/https:\/\/[^\s"'<>,;()]+/g)) {
    if (!URL.canParse(address)) continue;
    const link = `<a href="${escapeHtml(address)}">${escapeHtml(shortAddress(address))}</a>`;
    html += `${escapeHtml(source.slice(end, index))}${link}`;
    end = index + address.length;
  }
  return `<cite>${html}${escapeHtml(source.slice(end))}</cite>`;
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
