/** Writes facts for people, one a line: a label, and what it says two spaces behind the longest label. */
export function alignLabels(facts: readonly (readonly [label: string, text: string])[]): string {
  const width = Math.max(...facts.map(([label]) => label.length)) + 2;
  return facts.map(([label, text]) => label.padEnd(width) + text).join("\n");
}
