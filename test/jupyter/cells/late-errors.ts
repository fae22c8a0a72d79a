import type { Row } from "./row.ts";

/** Errors that come up while no cell waits for them. */
export const lateErrors: readonly Row[] = [
  {
    what: "in a timer: that it came from there",
    cells: [
      "setTimeout(() => { throw new Error('timer'); }, 1);\nawait new Promise((resolve) => setTimeout(resolve, 50));",
    ],
    status: "ok",
    complaint:
      "An error outside of any cell's own course, in a timer or an event.\nError: timer\n  in line 1 of this cell: setTimeout(() => { throw new Error('timer'); }, 1);",
  },
  {
    what: "in an event",
    cells: [
      "import { EventEmitter } from 'node:events';\nconst bell = new EventEmitter().on('ring', () => { throw new Error('rung'); });\nsetImmediate(() => bell.emit('ring'));\nawait new Promise((resolve) => setTimeout(resolve, 50));",
    ],
    status: "ok",
    complaint: ["in a timer or an event.\nError: rung\n  in line 2 of this cell: "],
  },
  {
    what: "in a timer that a function of an earlier cell sets",
    cells: [
      "const ring = () => setTimeout(() => { throw new Error('earlier'); }, 1);",
      "ring();\nawait new Promise((resolve) => setTimeout(resolve, 50));",
    ],
    status: "ok",
    complaint: ["Error: earlier\n  in line 1 of an earlier cell: const ring = "],
  },
  {
    what: "a call for which nobody waits: that an await is missing",
    cells: [
      "void Promise.reject(new TypeError('unheard'));\nawait new Promise((resolve) => setTimeout(resolve, 50));",
    ],
    status: "ok",
    complaint:
      "A call failed for which no cell waits: put await in front of it.\nTypeError: unheard\n  in line 1 of this cell: void Promise.reject(new TypeError('unheard'));",
  },
];
