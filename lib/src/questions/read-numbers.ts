/** A number as people write it: digits in groups, a decimal mark, an exponent; a sign that is no hyphen between two words. */
const numbers =
  /(?:(?<![\w.,])[-−+])?(?:(?<![\w.,])[.])?\d{1,40}(?:[.,'’\u00a0\u202f]\d{1,40}){0,40}(?:[eE][-+]?\d{1,3}(?!\w))?/g;

/**
 * Reads the last number of a text, in each way in which it can be meant; empty where there is none.
 *
 * `1,234.5` and `1.234,5` say themselves which mark is the decimal one. `1.234` does not: it is 1.234 in English and 1234 in
 * German, and both are given.
 */
export function readLastNumber(text: string): number[] {
  let last = "";
  for (const [found] of text.matchAll(numbers)) last = found;
  if (last === "") return [];
  const sign = /^[-−]/.test(last) ? -1 : 1;
  const [digits = "", exponent = "0"] = last
    .replace(/^[-−+]/, "")
    .toLowerCase()
    .split("e");
  return readDigits(digits).map((value) => sign * Number(`${value}e${exponent}`));
}

function readDigits(given: string): string[] {
  const digits = given.replace(/['’\u00a0\u202f]/g, "");
  const marks = digits.replace(/\d/g, "");
  const groups = digits.split(/[.,]/);
  const whole = groups.join("");
  const decimals = groups.pop() ?? "";
  const asDecimal = `${groups.join("")}.${decimals}`;
  if (marks === "") return [whole];
  const areThousands = isGrouped(groups) && decimals.length === 3;
  if (marks.length === 1) return areThousands ? [asDecimal, whole] : [asDecimal];
  const [first = ""] = marks;
  if (marks.split(first).join("") === "") return [areThousands ? whole : decimals];
  // Two kinds of mark: the last one is the decimal mark, and all before it are alike.
  return [new Set(marks.slice(0, -1)).size === 1 && isGrouped(groups) ? asDecimal : decimals];
}

/** Whether groups are such as 1,234,567 has. */
function isGrouped([first = "", ...rest]: readonly string[]): boolean {
  return /^[1-9]\d{0,2}$/.test(first) && rest.every(({ length }) => length === 3);
}
