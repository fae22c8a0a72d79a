// What nbconvert leaves to be mended in a page.

/**
 * Lets links to other notebooks lead to their pages, or to where the notebooks are.
 *
 * @param {string} page
 * @param {string | undefined} notebooksHref
 */
export function linkNotebooks(page, notebooksHref) {
  return page.replace(/ href="([\w-]+)\.ipynb(#[^"]*)?"/g, (_, name, place = "") =>
    notebooksHref === undefined
      ? ` href="${name}.html${place}"`
      : ` href="${notebooksHref}${name}.ipynb${place}"`,
  );
}

/**
 * Lets addresses and names in tables break after their parts: one that cannot break makes its table wider than the paper.
 * @param {string} page
 */
export function breakLongWords(page) {
  return page.replace(
    /(<td\b[^>]*>)([^<]*[^<\s]{20}[^<]*)(?=<\/td>)/g,
    (_, start, text) => `${start}${text.replace(/([^\s&]{3}[/_=?-])(?=[^\s/])/g, "$1<wbr>")}`,
  );
}

/**
 * Mends the code: Pygments takes a number after a colon for a type, ends one at its first underscore, and marks what has no
 * colour.
 * @param {string} page
 */
export function mendCode(page) {
  return (
    page
      .replace(/<span class="kt">(\d[\d._]*)<\/span>/g, '<span class="mf">$1</span>')
      .replace(
        /<span class="m[fi]">(\d+)<\/span><span class="nx">((?:_\d+)+)<\/span>/g,
        '<span class="mf">$1$2</span>',
      )
      .replace(/<span class="(?:p|w|o|n|nx|kt)">([^<]*)<\/span>/g, "$1")
      // The mark for a link to a heading, which the page does not show.
      .replace(/<a class="anchor-link"[^>]*>¶<\/a>/g, "")
  );
}
