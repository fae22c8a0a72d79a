import { refuseBody, type ValidationIssue } from "./vllm-error.ts";

type Json = unknown;
type Reader<Value> = (value: Json, loc: string) => { value: Value } | { issues: ValidationIssue[] };

/** Prints a JSON value the way vLLM repeats a refused input: strings as they are, containers by their size. */
export function describeInput(value: Json): string {
  if (value === null || value === undefined) return "'None'";
  if (Array.isArray(value)) return `'<list of ${value.length} items>'`;
  if (typeof value === "object") return `'<dict of ${Object.keys(value).length} items>'`;
  if (typeof value === "boolean") return value ? "'True'" : "'False'";
  return `'${String(value)}'`;
}

const issue = (type: string, loc: string, msg: string, value: Json) => ({
  issues: [{ type, loc, msg, input: describeInput(value) }],
});

/** Reads a number as vLLM's lax validation does: `"0.5"` counts as 0.5. */
export const number: Reader<number> = (value, loc) => {
  if (typeof value === "number") return { value };
  if (typeof value !== "string") return issue("float_type", loc, "Input should be a valid number", value);
  const parsed = Number(value);
  if (value.trim() !== "" && Number.isFinite(parsed)) return { value: parsed };
  return issue(
    "float_parsing",
    loc,
    "Input should be a valid number, unable to parse string as a number",
    value,
  );
};

/** Reads a whole number; `"5"` counts as 5. */
export const integer: Reader<number> = (value, loc) => {
  if (typeof value === "string" && !/^\s*[+-]?\d+\s*$/.test(value)) {
    return issue(
      "int_parsing",
      loc,
      "Input should be a valid integer, unable to parse string as an integer",
      value,
    );
  }
  const parsed = typeof value === "string" ? Number(value) : value;
  if (typeof parsed !== "number") return issue("int_type", loc, "Input should be a valid integer", value);
  if (Number.isInteger(parsed)) return { value: parsed };
  return issue(
    "int_from_float",
    loc,
    "Input should be a valid integer, got a number with a fractional part",
    value,
  );
};

/** Reads a truth value; `"true"`, `"no"`, `1` count too. */
export const boolean: Reader<boolean> = (value, loc) => {
  const text = String(value).toLowerCase();
  if (["true", "1", "yes", "on", "t", "y"].includes(text)) return { value: true };
  if (["false", "0", "no", "off", "f", "n"].includes(text)) return { value: false };
  return issue("bool_parsing", loc, "Input should be a valid boolean, unable to interpret input", value);
};

/** Reads a text, strictly. */
export const string: Reader<string> = (value, loc) =>
  typeof value === "string" ? { value } : issue("string_type", loc, "Input should be a valid string", value);

/** Reads one stop string, or a list of at most four. */
export const stopStrings: Reader<string[]> = (value, loc) => {
  if (typeof value === "string") return { value: [value] };
  const notString = issue("string_type", loc, "Input should be a valid string", value).issues;
  if (!Array.isArray(value)) {
    return {
      issues: [...notString, ...issue("list_type", loc, "Input should be a valid list", value).issues],
    };
  }
  if (value.length > 4) {
    const tooLong = {
      type: "too_long",
      loc,
      msg: `List should have at most 4 items after validation, not ${value.length}`,
      input: describeInput(value),
      ctx: `{'field_type': 'List', 'max_length': 4, 'actual_length': ${value.length}}`,
    };
    return { issues: [...notString, tooLong] };
  }
  const wrong = value.findIndex((entry) => typeof entry !== "string");
  return wrong < 0
    ? { value: value.map(String) }
    : {
        issues: [
          ...notString,
          ...issue("string_type", `${loc}.${wrong}`, "Input should be a valid string", value[wrong]).issues,
        ],
      };
};

/** Reads an object. */
export const object: Reader<Record<string, Json>> = (value, loc) =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? { value: value as Record<string, Json> }
    : issue(
        "model_attributes_type",
        loc,
        "Input should be a valid dictionary or object to extract fields from",
        value,
      );

/** Reads a list. */
export const list: Reader<Json[]> = (value, loc) =>
  Array.isArray(value) ? { value } : issue("list_type", loc, "Input should be a valid list", value);

/** Reads fields of a JSON body one by one, collects what is wrong and refuses once, with all of it. */
export function createFieldReader(body: Record<string, Json>): {
  optional<Value>(name: string, read: Reader<Value>): Value | undefined;
  required<Value>(name: string, read: Reader<Value>): Value | undefined;
  /** Throws where anything was wrong. */
  check(): void;
} {
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
