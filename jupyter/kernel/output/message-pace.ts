import { performance } from "node:perf_hooks";
import { clearTimeout, setTimeout } from "node:timers";

/** Standard output or standard error. */
export type StreamName = "stdout" | "stderr";

/** What a display message holds; an update names in `transient` the display that it replaces. */
export interface DisplayMessage {
  readonly data: unknown;
  readonly metadata?: unknown;
  readonly transient?: { readonly display_id?: string };
}

/** Sends one message each. */
export interface Messages {
  text(name: StreamName, text: string): void;
  display(message: DisplayMessage, isUpdate: boolean): void;
}

type Part =
  | { type: "text"; name: StreamName; text: string }
  | { type: "display"; message: DisplayMessage; isUpdate: boolean };

// Jupyter Server drops what exceeds 1,000 messages a second. So many messages go out at once, and so many a second after them.
const mostAtOnce = 20;
const mostPerSecond = 200;

/** From so many waiting messages on, texts of one stream go together also where texts of the other lie between them. */
const mostInOrder = 100;

/** Sends few messages at once, and many together after a few milliseconds, also from a loop that never lets go. */
export function createMessagePace(send: Messages): Messages & { flush(): void } {
  let waiting: Part[] = [];
  let credit = mostAtOnce;
  let creditedAtMs = performance.now();
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const parts = waiting;
    waiting = [];
    credit -= parts.length;
    for (const part of parts) {
      if (part.type === "text") send.text(part.name, part.text);
      else send.display(part.message, part.isUpdate);
    }
  }

  function flushWhenDue(): void {
    const nowMs = performance.now();
    credit = Math.min(mostAtOnce, credit + ((nowMs - creditedAtMs) * mostPerSecond) / 1_000);
    creditedAtMs = nowMs;
    if (credit >= 1) flush();
    else timer ??= setTimeout(flush, ((1 - credit) / mostPerSecond) * 1_000);
  }

  function findTextPart(name: StreamName): Part | undefined {
    const isSame = (part: Part | undefined) => part?.type === "text" && part.name === name;
    return waiting.length < mostInOrder
      ? [waiting.at(-1)].find(isSame)
      : waiting.findLast((part) => isSame(part));
  }

  return {
    text(name, text) {
      const part = findTextPart(name);
      if (part?.type === "text") part.text += text;
      else waiting.push({ type: "text", name, text });
      flushWhenDue();
    },
    display(message, isUpdate) {
      const id = message.transient?.display_id;
      // Of several updates that wait only the last would be seen.
      if (isUpdate && id !== undefined) {
        waiting = waiting.filter(
          (part) => part.type === "text" || !part.isUpdate || part.message.transient?.display_id !== id,
        );
      }
      const part = { type: "display" as const, message, isUpdate };
      waiting.push(part);
      flushWhenDue();
      // The caller may change its object while it waits.
      if (waiting.at(-1) === part) part.message = JSON.parse(JSON.stringify(message)) as DisplayMessage;
    },
    flush,
  };
}
