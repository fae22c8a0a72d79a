import fc from "fast-check";

// What readers of foreign text have fallen over: numbers out of range, other types, names of the language itself,
// characters that are none, and one thing many times.
const hostile = [
  ...'0 -1 1e308 1e999 NaN -Infinity 9007199254740993 null true "" [] {} [[]] {"a":1} __proto__ constructor'.split(
    " ",
  ),
  ...[
    "\u0000",
    "\u001b[2J",
    "\ud800",
    "\u2028",
    "\ufeff",
    "\r",
    "\r\n",
    "\n\n",
    "\t",
    '"',
    "\\",
    "'",
    "`",
    "$",
    "{",
    "}",
  ],
  ...[
    "[",
    "]",
    ",",
    ";",
    ":",
    "=",
    "#",
    "data: ",
    "<html>",
    "Ω",
    "😀",
    "9".repeat(400),
    "x".repeat(5_000),
    "[".repeat(3_000),
  ],
];

/** One change to a text: where it happens, and what happens there. */
const change = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 200 })),
  kind: fc.constantFrom("put", "token", "line", "repeat", "end"),
  put: fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: "binary", maxLength: 8 })),
});

const token = /"[^"\n]*"|[\w.+-]+/gu;

function apply(
  text: string,
  { at, length, kind, put }: typeof change extends fc.Arbitrary<infer T> ? T : never,
): string {
  const start = Math.floor(at * text.length);
  if (kind === "end") return text.slice(0, start);
  if (kind === "put") return text.slice(0, start) + put + text.slice(start + length);
  if (kind === "repeat")
    return text.slice(0, start) + text.slice(start, start + length).repeat(3) + text.slice(start);
  if (kind === "line") {
    const lines = text.split("\n");
    const index = Math.floor(at * lines.length);
    return lines.toSpliced(index, 1, ...(length === 0 ? [] : [put, lines[index] ?? ""])).join("\n");
  }
  const tokens = [...text.matchAll(token)];
  const chosen = tokens[Math.floor(at * tokens.length)];
  if (chosen === undefined) return put;
  return text.slice(0, chosen.index) + put + text.slice(chosen.index + chosen[0].length);
}

/** Texts near to these: one of them with up to six changes, and now and then any characters at all. */
export function spoil(examples: readonly string[]): fc.Arbitrary<string> {
  const near = fc
    .tuple(fc.constantFrom(...examples), fc.array(change, { minLength: 1, maxLength: 6 }))
    .map(([text, changes]) => changes.reduce(apply, text));
  return fc.oneof({ arbitrary: near, weight: 19 }, fc.string({ unit: "binary", maxLength: 400 }));
}
