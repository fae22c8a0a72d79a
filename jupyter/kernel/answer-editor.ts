import type { CellRunner } from "./run-cells.ts";

/** How much of a type is shown where a reader asks for a name, and where for all of it, in characters. */
const mostCharacters = { brief: 500, full: 10_000 };

interface Question {
  code: string;
  /** In characters. */
  cursor_pos: number;
  /** 1 asks for more than 0. */
  detail_level?: number;
}

/** What this file uses of tslab's `JupyterHandlerImpl`, whose own answers have no types of candidates and no Markdown. */
export interface EditorHandler {
  executor: CellRunner;
  handleComplete(question: Question): object;
  handleInspect(question: Question): object;
}

/** Makes tslab answer what an editor asks for: how a word could go on (Tab), and what stands at a place (Shift+Tab). */
export function answerEditor(handler: { prototype: EditorHandler }): void {
  handler.prototype.handleComplete = function ({ code, cursor_pos }) {
    const nothing = { start: cursor_pos, end: cursor_pos, candidates: [] };
    const { start, end, candidates } = orElse(nothing, () => this.executor.complete(code, cursor_pos));
    return {
      status: "ok",
      cursor_start: start,
      cursor_end: end,
      matches: candidates.map(({ text }) => text),
      metadata: { _jupyter_types_experimental: candidates.map((one) => ({ start, end, ...one })) },
    };
  };
  handler.prototype.handleInspect = function ({ code, cursor_pos, detail_level }) {
    const most = detail_level === 1 ? mostCharacters.full : mostCharacters.brief;
    const found = orElse(null, () => this.executor.inspect(code, cursor_pos, most));
    const data = found === null ? {} : { "text/plain": found.plain, "text/markdown": found.markdown };
    return { status: "ok", found: found !== null, data, metadata: {} };
  };
}

/** An editor waits for an answer, also where the compiler fails on what is half written. */
function orElse<Answer>(otherwise: Answer, ask: () => Answer): Answer {
  try {
    return ask();
  } catch {
    return otherwise;
  }
}
