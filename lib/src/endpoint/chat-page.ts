const thoughtMargin = "  │ ";

/** Lays out one answer as plain text while it comes, for a cell or a terminal; prints nothing where nothing comes. */
export function createChatPage(print: (text: string) => void) {
  const late: string[] = [];
  let part: "nothing" | "thoughts" | "text" = "nothing";
  let waitingBreaks = 0;

  return {
    /** Takes a piece of what a reasoning model thinks: indented, under a label. */
    addThought(text: string): void {
      // Line breaks wait for the letters that follow them: thoughts begin and end with empty lines.
      for (const piece of text.split(/(\n)/)) {
        if (piece === "\n") waitingBreaks++;
        if (piece === "\n" || piece === "") continue;
        if (part !== "thoughts") print(`${part === "text" ? "\n\n" : ""}Thinking:\n${thoughtMargin}${piece}`);
        else print(waitingBreaks > 0 ? "\n".repeat(waitingBreaks) + thoughtMargin + piece : piece);
        part = "thoughts";
        waitingBreaks = 0;
      }
    },
    /** Takes a piece of the answer itself. */
    addText(text: string): void {
      print(part === "thoughts" ? `\n\nAnswer:\n${text.replace(/^\n+/, "")}` : text);
      part = "text";
      waitingBreaks = 0;
    },
    /** Takes a sentence about the answer: shown at once before the answer, else at its end. */
    addNotice(text: string): void {
      if (part === "nothing") print(`[${text}]\n`);
      else late.push(text);
    },
    /** Ends the last line. */
    end(): void {
      if (part !== "nothing") print("\n");
      for (const text of late) print(`[${text}]\n`);
    },
  };
}
