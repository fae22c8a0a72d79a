import { z } from "zod";

/** The fields of a `config.json`, or of a part of it, as they stand there. */
export type ConfigFields = Readonly<Record<string, unknown>>;

const fieldsSchema = z.record(z.string(), z.unknown());

/** Returns a value as fields; `null` where it is no object. */
export function asFields(value: unknown): ConfigFields | null {
  const parsed = fieldsSchema.safeParse(value);
  return parsed.success ? parsed.data : null;
}

/** Returns those of the values that are objects. */
export function listFields(values: readonly unknown[]): ConfigFields[] {
  return values.map(asFields).filter((fields) => fields !== null);
}

/** Where models with pictures, sound or several parts keep the part that writes. */
const languageParts = [
  "text_config",
  "thinker_config",
  "llm_config",
  "language_config",
  "language_model_config",
  "language_model",
  "text_model_config",
  "text_model",
];

/** Returns the fields of the part that writes, with those of the whole behind them. */
export function findLanguagePart(config: ConfigFields, depth = 0): ConfigFields {
  const [part] = listFields(languageParts.map((name) => config[name]));
  if (part === undefined || depth === 4) return config;
  const outer = Object.entries(config).filter(([name]) => !languageParts.includes(name));
  return findLanguagePart({ ...Object.fromEntries(outer), ...part }, depth + 1);
}

/** Reads the first of these fields that is a whole number of a sensible size; also one that is written as a string. */
export function readCount(fields: ConfigFields, names: readonly string[], most = 10_000_000): number | null {
  for (const name of names) {
    const count = toCount(fields[name], most);
    if (count !== null) return count;
  }
  return null;
}

/** A whole number above 0 and not absurdly large, also one in digits; else `null`. */
export function toCount(value: unknown, most = 10_000_000): number | null {
  const number = typeof value === "string" && /^\s*\d{1,15}\s*$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isInteger(number) && number > 0 && number <= most
    ? number
    : null;
}

/** Reads the first of these fields that is a list; `null` where none is, or where it is empty. */
export function readList(fields: ConfigFields, names: readonly string[]): readonly unknown[] | null {
  for (const name of names) {
    const value = fields[name];
    if (Array.isArray(value) && value.length > 0) return value;
  }
  return null;
}
