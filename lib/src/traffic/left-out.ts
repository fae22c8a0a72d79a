import { inWords } from "../words/index.ts";

/** Rows of a file that stand for no answered request. */
export interface LeftOutRows {
  readonly count: number;
  add(row: string, reason: LeftOutReason): void;
  /** One sentence; `null` where no row was left out. */
  describe(rows: number): string | null;
}

/** `failed` with what tells it, such as `status 429`; else what the row lacks, as the note says it. */
export type LeftOutReason = { failed: string } | "without output tokens" | "without tokens";

/** Counts rows that are left out, by their reason, and remembers the first of each. */
export function countLeftOut(): LeftOutRows {
  const reasons = new Map<string, { count: number; first: string }>();
  return {
    get count() {
      return [...reasons.values()].reduce((sum, { count }) => sum + count, 0);
    },
    add(row, reason) {
      const [name, first] =
        typeof reason === "object" ? ["failed", `${row}: ${reason.failed}`] : [reason, row];
      const known = reasons.get(name);
      if (known === undefined) reasons.set(name, { count: 1, first });
      else known.count++;
    },
    describe(rows) {
      if (reasons.size === 0) return null;
      const each = [...reasons].map(
        ([name, { count, first }]) => `${inWords(count)} ${name} (the first in ${first})`,
      );
      return `${inWords(this.count)} of its ${inWords(rows)} rows were left out: ${each.join(", ")}.`;
    },
  };
}
