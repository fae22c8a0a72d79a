import { parseJson } from "../words/index.ts";

/** A server's answer that it does not take a request: its status, and its body as text or as what JSON holds. */
export interface Refusal {
  status: number | null;
  body: unknown;
}

/** The two names of an answer's limit. */
export const limitNames = ["max_tokens", "max_completion_tokens"] as const;
export type LimitName = (typeof limitNames)[number];

/** Gives the other name of a limit. */
export function otherLimit(name: LimitName): LimitName {
  return name === "max_tokens" ? "max_completion_tokens" : "max_tokens";
}

/** A refusal of one limit often names the other one only. */
const limit = /\bmax_?(?:completion_?)?tokens\b/i;

/** The names by which refusals call each field, also as Go and Java write them; the more particular stand first. */
const ownFields = {
  ignore_eos: /\bignore_?eos\b/i,
  continuous_usage_stats: /\bcontinuous_?usage_?stats\b/i,
  stream_options: /\b(?:stream[_ ]?options|include_?usage)\b/i,
  max_tokens: limit,
  max_completion_tokens: limit,
  temperature: /\btemperature\b/i,
};

/** What the workbook puts into a request by itself, and the limit of an answer, which it may send under its other name. */
export type OwnField = keyof typeof ownFields;

/** Says for a reader what was changed in a request because the server refuses a field. */
export function describeChange(field: OwnField): string {
  switch (field) {
    case "ignore_eos":
      return "The server refuses ignore_eos, so answers end by themselves: mode natural instead of capacity.";
    case "continuous_usage_stats":
      return "The server refuses continuous_usage_stats, so token counts come only at the end of an answer.";
    case "stream_options":
      return "The server refuses stream_options, so token counts come only where it sends them by itself.";
    case "temperature":
      return "The server refuses the temperature, so it uses its own.";
    default:
      return `The server refuses ${field}, so the limit was sent as ${otherLimit(field)}.`;
  }
}

/**
 * Finds which of the sent fields a refusal names; `null` where it is about something else, or no refusal of a field (400, 422).
 *
 * Servers say so in `param`, in a sentence, in FastAPI's list of places (`detail`, also as text in a text), and repeat what
 * they were sent: that does not count. A limit that is too large is no limit that is not known.
 */
export function findRefusedField(refusal: Refusal, sent: readonly OwnField[]): OwnField | null {
  if (refusal.status !== 400 && refusal.status !== 422) return null;
  const words = readRefusalWords(refusal.body);
  const isMeant = (field: OwnField) =>
    ownFields[field].test(words) && (ownFields[field] !== limit || unknownField.test(words));
  return (
    (Object.keys(ownFields) as OwnField[]).find((field) => sent.includes(field) && isMeant(field)) ?? null
  );
}

/** How servers say that they do not take a field at all. */
const unknownField =
  /unsupported|not support|unrecogni[sz]ed|unknown|unexpected|not permitted|not allowed|extra|forbid|instead/i;

/** What servers repeat of a request beside their own words, and the addresses of their manuals. */
const echoes = new Set(["input", "url", "body", "request"]);

/** No server wraps its words more often. */
const deepestWords = 10;

/** Collects all that a refusal says, on whatever level, as one text; without what it repeats of the request. */
export function readRefusalWords(body: unknown, depth = 0): string {
  if (typeof body === "string") {
    const inner = /^\s*[[{]/.test(body) ? parseJson(body) : undefined;
    // Python writes the same list in its own form.
    return inner === undefined
      ? body.replace(/(?:'input': ?\{|input_value=)[^\n]*/g, "")
      : readRefusalWords(inner, depth + 1);
  }
  if (typeof body !== "object" || body === null || depth > deepestWords) return "";
  return Object.entries(body)
    .filter(([name]) => !echoes.has(name))
    .map(([name, value]) => `${Array.isArray(body) ? "" : name} ${readRefusalWords(value, depth + 1)}`)
    .join(" ");
}
