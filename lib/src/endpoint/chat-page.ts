/** Lays out one answer as plain text while it comes, for a cell or a terminal alike. */
export interface ChatPage {
  /** Takes a piece of what a reasoning model thinks: indented, under a label. */
  addThought(text: string): void;
  /** Takes a piece of the answer itself. */
  addText(text: string): void;
  /** Takes a sentence about the answer: shown at once before the answer, else at its end. */
  addNotice(text: string): void;
  /** Ends the last line. */
  end(): void;
}

const thoughtMargin = "  │ ";

/** Creates the layout of one answer; it prints nothing where nothing comes. */
export function createChatPage(print: (text: string) => void): ChatPage {
  const late: string[] = [];
  let part: "nothing" | "thoughts" | "text" = "nothing";
  let isAtLineStart = true;

  return {
    addThought(text) {
      if (part !== "thoughts") print(`${part === "text" ? "\n\n" : ""}Thinking:\n`);
      if (part !== "thoughts") isAtLineStart = true;
      part = "thoughts";
      // A margin is only printed with the letters that follow it: thoughts often end in empty lines.
      for (const piece of text.split(/(\n)/)) {
        if (piece === "") continue;
        print(piece !== "\n" && isAtLineStart ? thoughtMargin + piece : piece);
        isAtLineStart = piece === "\n";
      }
    },
    addText(text) {
      if (part === "thoughts") print(`${isAtLineStart ? "" : "\n"}\nAnswer:\n${text.replace(/^\n+/, "")}`);
      else print(text);
      part = "text";
    },
    addNotice(text) {
      if (part === "nothing") print(`[${text}]\n`);
      else late.push(text);
    },
    end() {
      if (part === "text" || (part === "thoughts" && !isAtLineStart)) print("\n");
      for (const text of late) print(`[${text}]\n`);
    },
  };
}
