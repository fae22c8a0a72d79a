/** Cells that run one after the other, and what a reader sees of the last one. The others print nothing and succeed. */
export interface Row {
  what: string;
  cells: readonly string[];
  /** Standard output, exactly, or its parts as those of `complaint`; none where it is not given. */
  seen?: string | readonly string[];
  /** Tables and charts as text, exactly; none where they are not given. */
  displayed?: readonly string[];
  /**
   * Standard error: exactly, without the last line break; or the parts that stand in it one after the other, where the
   * words between them are the kernel's own. None where it is not given.
   */
  complaint?: string | readonly string[];
  /** What no output may contain. */
  never?: string;
  /** How the cell ends: by default `ok` without a complaint and `error` with one. */
  status?: "ok" | "error";
}

/** Rows that share one kernel, in order. */
export interface Theme {
  /** What the kernel's folder and its neighbours hold, by paths from the kernel's folder. */
  files?: Readonly<Record<string, string>>;
  rows: readonly Row[];
}
