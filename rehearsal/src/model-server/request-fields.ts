import { refuseBody, type ValidationIssue } from "./vllm-error.ts";

export type Json = unknown;
export type Reader<Value> = (value: Json, loc: string) => { value: Value } | { issues: ValidationIssue[] };

/** Prints a JSON value the way vLLM repeats a refused input: strings as they are, containers by their size. */
export function describeInput(value: Json): string {
  if (value === null || value === undefined) return "'None'";
  if (Array.isArray(value)) return `'<list of ${value.length} items>'`;
  if (typeof value === "object") return `'<dict of ${Object.keys(value).length} items>'`;
  if (typeof value === "boolean") return value ? "'True'" : "'False'";
  return `'${String(value)}'`;
}

/** Makes the complaint of one kind about a value. */
const complain = (type: string, msg: string) => (value: Json, loc: string) => ({
  issues: [{ type, loc, msg, input: describeInput(value) }],
});
const valid = "Input should be a valid";
const notFloat = complain("float_type", `${valid} number`);
const unreadableFloat = complain("float_parsing", `${valid} number, unable to parse string as a number`);
const notInteger = complain("int_type", `${valid} integer`);
const unreadableInteger = complain("int_parsing", `${valid} integer, unable to parse string as an integer`);
const fraction = complain("int_from_float", `${valid} integer, got a number with a fractional part`);
const notBoolean = complain("bool_parsing", `${valid} boolean, unable to interpret input`);
const notString = complain("string_type", `${valid} string`);
const notList = complain("list_type", `${valid} list`);
const notObject = complain("model_attributes_type", `${valid} dictionary or object to extract fields from`);

/** Reads a number as vLLM's lax validation does: `"0.5"` counts as 0.5. */
export const number: Reader<number> = (value, loc) => {
  if (typeof value === "number") return { value };
  if (typeof value !== "string") return notFloat(value, loc);
  const parsed = Number(value);
  return value.trim() !== "" && Number.isFinite(parsed) ? { value: parsed } : unreadableFloat(value, loc);
};

/** Reads a whole number; `"5"` counts as 5. */
export const integer: Reader<number> = (value, loc) => {
  if (typeof value === "string" && !/^\s*[+-]?\d+\s*$/.test(value)) return unreadableInteger(value, loc);
  const parsed = typeof value === "string" ? Number(value) : value;
  if (typeof parsed !== "number") return notInteger(value, loc);
  return Number.isInteger(parsed) ? { value: parsed } : fraction(value, loc);
};

/** Reads a truth value; `"true"`, `"no"`, `1` count too. */
export const boolean: Reader<boolean> = (value, loc) => {
  const text = String(value).toLowerCase();
  if (["true", "1", "yes", "on", "t", "y"].includes(text)) return { value: true };
  if (["false", "0", "no", "off", "f", "n"].includes(text)) return { value: false };
  return notBoolean(value, loc);
};

/** Reads a text, strictly. */
export const string: Reader<string> = (value, loc) =>
  typeof value === "string" ? { value } : notString(value, loc);

/** Reads one stop string, or a list of at most four. */
export const stopStrings: Reader<string[]> = (value, loc) => {
  if (typeof value === "string") return { value: [value] };
  const { issues } = notString(value, loc);
  if (!Array.isArray(value)) return { issues: [...issues, ...notList(value, loc).issues] };
  if (value.length > 4) {
    const tooLong = {
      type: "too_long",
      loc,
      msg: `List should have at most 4 items after validation, not ${value.length}`,
      input: describeInput(value),
      ctx: `{'field_type': 'List', 'max_length': 4, 'actual_length': ${value.length}}`,
    };
    return { issues: [...issues, tooLong] };
  }
  const wrong = value.findIndex((entry) => typeof entry !== "string");
  if (wrong < 0) return { value: value.map(String) };
  return { issues: [...issues, ...notString(value[wrong], `${loc}.${wrong}`).issues] };
};

/** Reads an object. */
export const object: Reader<Record<string, Json>> = (value, loc) =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? { value: value as Record<string, Json> }
    : notObject(value, loc);

/** Reads a list. */
export const list: Reader<Json[]> = (value, loc) => (Array.isArray(value) ? { value } : notList(value, loc));

/** Reads fields of a JSON body one by one, collects what is wrong and refuses once, with all of it. */
export interface FieldReader {
  optional<Value>(name: string, read: Reader<Value>): Value | undefined;
  required<Value>(name: string, read: Reader<Value>): Value | undefined;
  /** Throws where anything was wrong. */
  check(): void;
}

/** Creates the reader of one body. */
export function createFieldReader(body: Record<string, Json>): FieldReader {
  const issues: ValidationIssue[] = [];
  const readField = <Value>(name: string, read: Reader<Value>): Value | undefined => {
    const outcome = read(body[name], `body.${name}`);
    if ("value" in outcome) return outcome.value;
    issues.push(...outcome.issues);
    return undefined;
  };
  return {
    optional: (name, read) =>
      body[name] === undefined || body[name] === null ? undefined : readField(name, read),
    required(name, read) {
      if (body[name] !== undefined) return readField(name, read);
      issues.push({
        type: "missing",
        loc: `body.${name}`,
        msg: "Field required",
        input: describeInput(body),
      });
      return undefined;
    },
    check() {
      if (issues.length > 0) throw refuseBody(issues);
    },
  };
}
