// What nbconvert leaves to be mended in a page.

/**
 * Lets links to other notebooks lead to their pages, or to where the notebooks are; of a link to another file of the project, which
 * does not travel with a page, the text stays.
 */
export function linkNotebooks(page: string, notebooksHref: string | undefined): string {
  if (notebooksHref !== undefined) {
    return page.replace(/ href="(\.\.\/[^":]*|[\w-]+\.ipynb(?:#[^"]*)?)"/g, ` href="${notebooksHref}$1"`);
  }
  return page
    .replace(/ href="([\w-]+)\.ipynb(#[^"]*)?"/g, ' href="$1.html$2"')
    .replace(/<a href="\.\.\/[^"<]*">([^<]*(?:<(?!\/?a\b)[^<]*)*)<\/a>/g, "$1");
}

/** Lets addresses and names in tables break after their parts: one that cannot break makes its table wider than the paper. */
export function breakLongWords(page: string): string {
  return page.replace(/(<td\b[^<>]*>)([^<]+)(?=<\/td>)/g, (_, start: string, text: string) => {
    const parts = /\S{20}/.test(text) ? text.replace(/([^\s&]{3}[/_=?-])(?=[^\s/])/g, "$1<wbr>") : text;
    return `${start}${parts}`;
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
      // The mark for a link to a heading, which the page does not show.
      .replace(/<a class="anchor-link"[^<>]*>¶<\/a>/g, "")
  );
}
