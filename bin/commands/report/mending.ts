// What nbconvert leaves to be mended in a page.

/**
 * Lets links to other notebooks and to the glossary lead to their pages, or to where the notebooks are; of a link to another file of
 * the project, which does not travel with a page, the text stays.
 */
export function linkNotebooks(page: string, notebooksHref: string | undefined): string {
  if (notebooksHref !== undefined) {
    return page.replace(/ href="(\.\.\/[^":]*|[\w-]+\.ipynb(?:#[^"]*)?)"/g, ` href="${notebooksHref}$1"`);
  }
  return page
    .replace(/ href="([\w-]+)\.ipynb(#[^"]*)?"/g, ' href="$1.html$2"')
    .replace(/ href="\.\.\/docs\/glossary\.md(#[^"]*)?"/g, ' href="glossary.html$1"')
    .replace(/<a href="\.\.\/[^"<]*">([^<]*(?:<(?!\/?a\b)[^<]*)*)<\/a>/g, "$1");
}

/**
 * Lets addresses and names in tables break after their parts: one that cannot break makes its table wider than the paper.
 * A day and a flag of a command stay whole.
 */
export function breakLongWords(page: string): string {
  return page.replace(/(<td\b[^<>]*>)([^<]+)(?=<\/td>|<sup>)/g, (_, start: string, text: string) => {
    const parts = /\S{20}/.test(text) ? text.replace(/([^\s&]{3}[/_=?-])(?=[^\s/])/g, "$1<wbr>") : text;
    return `${start}${parts.replace(/(?<!\S)(?:--[\w-]+|\d{4}-\d\d(?:-\d\d)?)(?!\S)/g, '<span class="whole">$&</span>')}`;
  });
}

/** Mends the code: Pygments takes some numbers for types, ends one at its first underscore, and marks what has no colour. */
export function mendCode(page: string): string {
  return (
    page
      .replace(/<span class="kt">(\d[\d._]*)<\/span>/g, '<span class="mf">$1</span>')
      .replace(
        /<span class="m[fi]">(\d+)<\/span><span class="nx">((?:_\d+)+)<\/span>/g,
        '<span class="mf">$1$2</span>',
      )
      .replace(/<span class="(?:p|w|o|n|nx|kt)">([^<]*)<\/span>/g, "$1")
      // The anchors of headings, in small letters as everybody but Jupyter writes them.
      .replace(/(?<=<h[1-6] id="|<a href="#)[^"]+/g, (id) => id.toLowerCase())
      // The mark for a link to a heading, which the page does not show.
      .replace(/<a class="anchor-link"[^<>]*>¶<\/a>/g, "")
  );
}

/** Gives each cell the head of its column: on a narrow screen a row is a list, and each cell says itself what it is. */
export function labelCells(page: string): string {
  if (!page.includes("<table")) return page;
  const parts = page.split(/(<\/?(?:table|thead|th|tr|td)\b[^<>]*>)/);
  let heads: string[] = [];
  let [column, isHead] = [-1, false];
  return parts
    .map((part, index) => {
      if (index % 2 === 0) return part;
      const [, tag = ""] = /^<(\/?\w+)/.exec(part) ?? [];
      if (tag === "table") heads = [];
      if (tag.endsWith("thead")) isHead = tag === "thead";
      if (tag === "tr") column = -1;
      if (tag === "th" && isHead) heads.push((parts[index + 1] ?? "").replaceAll(/<[^<>]*>/g, "").trim());
      if (isHead || !["td", "th"].includes(tag)) return part;
      column += 1;
      const head = heads[column] ?? "";
      const label = head.replaceAll('"', "&quot;");
      return label === "" ? part : part.replace(tag, () => `${tag} data-label="${label}"`);
    })
    .join("");
}
