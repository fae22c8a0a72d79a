const labelWidth = 11;

/** Writes facts for people, one a line: a label, and what it says behind it, aligned. */
export function alignLabels(facts: readonly (readonly [label: string, text: string])[]): string {
  return facts.map(([label, text]) => `${label.padEnd(labelWidth)} ${text}`).join("\n");
}
