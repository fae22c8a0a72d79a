/** Returns a text that is longer than so many UTF-16 units up to its last whole character there, with an ellipsis. */
export function cutText(text: string, mostCharacters: number): string {
  if (text.length <= mostCharacters) return text;
  const isHalf = /[\ud800-\udbff]/.test(text.charAt(mostCharacters - 1));
  return `${text.slice(0, isHalf ? mostCharacters - 1 : mostCharacters)}…`;
}
