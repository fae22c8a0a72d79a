// What the launcher says while it works: one line for each finished piece of work, and on a terminal a live last line.

import { beforeEnd } from "./child-processes.mjs";

const paintEveryMs = 250;

/** @typedef {ReturnType<typeof createProgress>} Progress */

/** @param {{ output?: NodeJS.WriteStream, isVerbose?: boolean }} [options] */
export function createProgress({ output = process.stdout, isVerbose = false } = {}) {
  // The tools' own output and a line that repaints itself would mix badly.
  const isLive = output.isTTY === true && !isVerbose;
  /** @type {Map<string, { startedMs: number, detail: string }>} */
  const underWay = new Map();
  let stopPainting = () => {};

  const erase = () => isLive && output.write("\r\x1b[2K");
  const paint = () => {
    erase();
    const works = [...underWay].map(([name, { startedMs, detail }]) =>
      [name, detail, formatDuration(performance.now() - startedMs)].filter((part) => part !== "").join(", "),
    );
    const line = `  … ${works.join(" | ")}`;
    output.write(line.slice(0, (output.columns || 80) - 1));
  };
  const startPainting = () => {
    const painter = setInterval(paint, paintEveryMs);
    const stop = () => {
      clearInterval(painter);
      erase();
    };
    const forget = beforeEnd(stop);
    stopPainting = () => {
      forget();
      stop();
    };
  };

  return {
    isVerbose,
    say(line = "") {
      erase();
      output.write(`${line}\n`);
    },
    /**
     * Runs a piece of work, which may tell how far it is, and writes a line with its name, result and time.
     * @template Result
     * @param {string} name
     * @param {(tell: (detail: string) => void) => Promise<Result>} work
     * @param {(result: Result) => { text?: string, hasFailed?: boolean }} [describe] what the finished line says
     * @returns {Promise<Result>}
     */
    async during(name, work, describe = () => ({})) {
      const state = { startedMs: performance.now(), detail: "" };
      if (isLive && underWay.size === 0) startPainting();
      underWay.set(name, state);
      const finish = (/** @type {string} */ mark, /** @type {string} */ detail) => {
        const duration = formatDuration(performance.now() - state.startedMs);
        underWay.delete(name);
        if (underWay.size === 0) stopPainting();
        else erase();
        output.write(`  ${mark} ${[name, detail].filter((part) => part !== "").join(": ")} (${duration})\n`);
      };
      try {
        const result = await work((detail) => {
          state.detail = detail;
        });
        const { text = "", hasFailed = false } = describe(result);
        finish(hasFailed ? "✗" : "✓", text);
        return result;
      } catch (error) {
        finish("✗", "failed");
        throw error;
      }
    },
  };
}

/** Writes a duration for people: `0.4 s`, `38 s`, `2 min 5 s`. @param {number} durationMs */
export function formatDuration(durationMs) {
  const seconds = durationMs / 1_000;
  // 9.96 s would become 10.0 s.
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
