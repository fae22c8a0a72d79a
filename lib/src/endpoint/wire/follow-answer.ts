import type { WireChunk } from "./wire-chunk.ts";

/** Follows what an answer says, to tell whether it holds anything and has come to its end. */
export function followAnswer() {
  const unfinished = new Set<number>();
  const finished = new Set<number>();
  let hasAnswer = false;
  let lastFinish = "";
  // Some servers send a finish with every chunk.
  let isFinishLoose = false;
  // The sets are asked only where another answer goes on than before.
  let latest: number | null = null;

  return {
    add(chunk: WireChunk): void {
      if (chunk.type === "finish") {
        unfinished.delete(chunk.choice);
        finished.add(chunk.choice);
        latest = null;
        lastFinish = chunk.finishReason;
      } else if ("choice" in chunk && chunk.choice !== latest) {
        hasAnswer = true;
        if (finished.has(chunk.choice)) isFinishLoose = true;
        else {
          unfinished.add(chunk.choice);
          latest = chunk.choice;
        }
      }
    },
    hasAnswer: () => hasAnswer,
    lastFinish: () => lastFinish,
    /** How many of the answers have come to a finish reason; none where text has followed one. */
    finishedChoices: () => (isFinishLoose ? 0 : finished.size),
    hasFinished: (isCut: boolean) => finished.size > 0 && unfinished.size === 0 && !(isCut && isFinishLoose),
  };
}
