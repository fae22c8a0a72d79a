/** Breaks a text between words into lines of at most so many characters, where its words allow that. */
export function wrapWords(words: string, most: number): string[] {
  const lines: string[][] = [];
  let characters = 0;
  for (const word of words.split(" ")) {
    const line = lines.at(-1);
    if (line === undefined || characters + 1 + word.length > most) {
      lines.push([word]);
      characters = word.length;
    } else {
      line.push(word);
      characters += 1 + word.length;
    }
  }
  return lines.map((line) => line.join(" "));
}
