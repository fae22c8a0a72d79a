import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { z } from "zod";
import { InputError } from "../errors.ts";
import { parseJson } from "../words/index.ts";

const words = z.string().trim().min(1, "is empty");
const question = words.max(20_000, "has more than 20,000 characters");
const caseSensitive = z.boolean("takes true or false").default(false);

const questionSchema = z.discriminatedUnion(
  "check",
  [
    z.strictObject({ question, check: z.literal("exact"), expected: words, caseSensitive }),
    z.strictObject({
      question,
      check: z.literal("number"),
      expected: z.number("takes a number, without quotation marks"),
      tolerance: z.number("takes a number").min(0, "cannot be negative").default(0),
    }),
    z.strictObject({
      question,
      check: z.literal("pattern"),
      expected: words.max(500, "has more than 500 characters").refine(isPattern, "is no regular expression"),
      caseSensitive,
    }),
  ],
  'takes "exact", "number" or "pattern"',
);

/** One question with the answer that its asker expects, and how an answer is judged; see `judgeAnswer`. */
export type Question = z.output<typeof questionSchema>;

/** The same as a reader writes it: what has a default may be left out. */
export type GivenQuestion = z.input<typeof questionSchema>;

const form =
  'A file is a JSON list of entries such as { "question": "What is 6 times 7?", "check": "number", "expected": 42 }.';
const mostQuestions = 1_000;

/**
 * Reads questions from a JSON file, or checks a list of them.
 *
 * @throws InputError that names the first entry that cannot be used, and its field.
 */
export function readQuestions(from: string | readonly GivenQuestion[]): readonly Question[] {
  const place = typeof from === "string" ? basename(from) : "questions";
  const list = typeof from === "string" ? readList(from) : from;
  if (!Array.isArray(list)) throw refuse(`${place} is not a JSON list.`);
  if (list.length === 0 || list.length > mostQuestions) {
    throw refuse(`${place} has ${list.length} questions; it takes 1 to 1,000.`);
  }
  return list.map((entry: unknown, index) => {
    const parsed = questionSchema.safeParse(entry);
    if (parsed.success) return parsed.data;
    const [{ path, message } = { path: [], message: "" }] = parsed.error.issues;
    throw refuse(`${place}, entry ${index + 1}: ${[path.join("."), message].join(" ").trim()}.`);
  });
}

function readList(path: string): unknown {
  try {
    return parseJson(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new InputError(`askQuestions: the file ${path} could not be read.`, {
      remedy: `Give the path of a file, from the folder of the notebook. ${form}`,
      cause,
    });
  }
}

function refuse(problem: string): InputError {
  return new InputError(`askQuestions: ${problem}`, { remedy: form, field: "questions" });
}

function isPattern(source: string): boolean {
  try {
    return new RegExp(source, "u").source !== "";
  } catch {
    return false;
  }
}
