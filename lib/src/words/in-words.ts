/** Writes a number for people, with commas between the thousands; in English wherever it is read. */
export function inWords(number: number): string {
  return number.toLocaleString("en-US");
}
