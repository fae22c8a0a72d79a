import { z } from "zod";
import { VllmRefusal } from "../vllm-error.ts";
import { listNumbers } from "./number-values.ts";
import type { Json, Shape } from "./shape.ts";

type Schema = Readonly<Record<string, Json>>;
type Scalar = string | number | boolean | null;

// Short enough for a small model, which would fill any room.
const mostCharacters = 60;
const mostItems = 4;
const mostDepth = 12;

const schemaSchema = z.record(z.string(), z.json());
const count = z.int().min(0).optional().catch(undefined);
const limit = z.number().optional().catch(undefined);

/**
 * Reads a JSON schema as the shape of an answer that keeps to it; `root` is where its references point.
 *
 * The shape is narrower than the schema: short texts, few items, and beyond a depth only what must be there.
 *
 * @throws VllmRefusal in the words of vLLM's grammar compiler where the schema is none, and in its own where the rehearsal cannot write it.
 */
export function readSchema(root: unknown): Shape {
  const schema = schemaSchema.parse(root);
  return read(schema, schema, 0);
}

function read(schema: Json, root: Schema, depth: number): Shape {
  if (schema === true) return { kind: "text", fewest: 0, most: mostCharacters };
  if (schema === false) throw refuse("Unsatisfiable schema: schema is false");
  if (!isObject(schema)) throw refuse("schema must be an object");
  if (depth > mostDepth) throw refuse("schema is nested too deeply for the rehearsal");
  const next = (inner: Json) => read(inner, root, depth + 1);
  const alternatives = (shapes: readonly Json[]) => {
    if (shapes.length === 0) throw refuse("Unsatisfiable schema: anyOf is empty");
    return either(
      shapes.map((one) => next(isObject(one) ? { ...without(schema, ["anyOf", "oneOf"]), ...one } : one)),
    );
  };
  const { $ref, type } = schema;
  if (typeof $ref === "string") return next(resolve($ref, root));
  if ("const" in schema) return fixed(schema["const"] ?? null);
  if (Array.isArray(schema["enum"])) {
    if (schema["enum"].length === 0) throw refuse("Unsatisfiable schema: anyOf is empty");
    return either(schema["enum"].map(fixed));
  }
  const choices = schema["anyOf"] ?? schema["oneOf"];
  if (Array.isArray(choices)) return alternatives(choices);
  if (Array.isArray(schema["allOf"])) return next(mergeAll(schema, schema["allOf"]));
  if (Array.isArray(type)) return either(type.map((one) => next({ ...schema, type: one })));
  const kind = type ?? ("properties" in schema ? "object" : "items" in schema ? "array" : "string");
  switch (kind) {
    case "object":
      return readObject(schema, next, depth);
    case "array":
      return readList(schema, next, depth);
    case "string":
      return readText(schema);
    case "integer":
    case "number":
      return readNumber(schema, kind === "integer");
    case "boolean":
      return { kind: "one-of", values: [true, false] };
    case "null":
      return { kind: "one-of", values: [null] };
    default:
      throw refuse(`Invalid type: ${String(type)}`);
  }
}

function readObject(schema: Schema, next: (inner: Json) => Shape, depth: number): Shape {
  const { properties = {}, required = [], additionalProperties } = schema;
  if (!isObject(properties)) throw refuse("properties must be an object");
  if (!Array.isArray(required))
    throw refuse(`Expected array for 'required', got ${JSON.stringify(required)}`);
  const names = Object.keys(properties).filter((name) => required.includes(name) || depth < mostDepth / 2);
  const entries = names.map((name) => [name, next(properties[name] ?? true)] as const);
  const isOpen = additionalProperties !== false && entries.length === 0;
  const unnamed = required.filter((name) => typeof name === "string" && !(name in properties));
  const open = unnamed.map((name) => [String(name), next(additionalProperties ?? true)] as const);
  return {
    kind: "object",
    entries: [...entries, ...open],
    rest: isOpen && isObject(additionalProperties) ? next(additionalProperties) : null,
    openNames:
      isOpen && isObject(additionalProperties) ? Math.max(1, count.parse(schema["minProperties"]) ?? 1) : 0,
  };
}

function readList(schema: Schema, next: (inner: Json) => Shape, depth: number): Shape {
  if ("uniqueItems" in schema) throw refuse('Unimplemented keys: ["uniqueItems"]');
  const prefix = Array.isArray(schema["prefixItems"]) ? schema["prefixItems"] : [];
  const fewest = count.parse(schema["minItems"]) ?? 0;
  const most = count.parse(schema["maxItems"]) ?? Math.max(fewest, prefix.length + mostItems);
  if (fewest > most)
    throw refuse(`Unsatisfiable schema: minItems (${fewest}) is greater than maxItems (${most})`);
  const isDeep = depth >= mostDepth / 2;
  const mayHaveMore = schema["items"] !== false && (!isDeep || fewest > prefix.length);
  return {
    kind: "list",
    first: prefix.slice(0, most).map(next),
    rest: mayHaveMore && most > prefix.length ? next(schema["items"] ?? true) : null,
    fewest,
    most: isDeep
      ? Math.max(fewest, prefix.length)
      : Math.min(most, Math.max(fewest, prefix.length + mostItems)),
  };
}

/** What a text of a format looks like that no grammar here knows. */
const samples: Readonly<Record<string, readonly string[]>> = {
  email: ["ada@example.org", "grace@example.org"],
  uri: ["https://example.org/"],
  hostname: ["example.org"],
  ipv4: ["192.0.2.1"],
  ipv6: ["2001:db8::1"],
  uuid: ["123e4567-e89b-42d3-a456-426614174000"],
  duration: ["PT1H"],
};

function readText(schema: Schema): Shape {
  const { format, pattern } = schema;
  if (pattern !== undefined) throw refuse("the rehearsal cannot write texts by a pattern");
  if (format === "date-time" || format === "time" || format === "date") return { kind: "date", format };
  const known = typeof format === "string" ? samples[format] : undefined;
  if (known !== undefined) return { kind: "one-of", values: known };
  const fewest = count.parse(schema["minLength"]) ?? 0;
  const most = count.parse(schema["maxLength"]) ?? Math.max(fewest, mostCharacters);
  if (fewest > most)
    throw refuse(`Unsatisfiable schema: minLength (${fewest}) is greater than maxLength (${most})`);
  return { kind: "text", fewest, most: Math.min(most, Math.max(fewest, mostCharacters)) };
}

function readNumber(schema: Schema, isWhole: boolean): Shape {
  const [above, below] = [limit.parse(schema["exclusiveMinimum"]), limit.parse(schema["exclusiveMaximum"])];
  const minimum = above ?? limit.parse(schema["minimum"]);
  const maximum = below ?? limit.parse(schema["maximum"]);
  const step = limit.parse(schema["multipleOf"]);
  if (minimum === undefined && maximum === undefined && step === undefined)
    return { kind: "number", isWhole };
  const limits = {
    isWhole,
    minimum,
    maximum,
    isAbove: above !== undefined,
    isBelow: below !== undefined,
    step,
  };
  const values = listNumbers(limits);
  if (values.length > 0) return { kind: "one-of", values };
  throw refuse(`Unsatisfiable schema: minimum (${minimum}) is greater than maximum (${maximum})`);
}

/** The shape of one value and no other. */
function fixed(value: Json): Shape {
  if (isScalar(value)) return { kind: "one-of", values: [value] };
  if (isList(value)) {
    return { kind: "list", first: value.map(fixed), rest: null, fewest: value.length, most: value.length };
  }
  const entries = Object.entries(value).map(([name, inner]) => [name, fixed(inner)] as const);
  return { kind: "object", entries, rest: null, openNames: 0 };
}

/** Puts alternatives together, those of single values into one list. */
function either(shapes: readonly Shape[]): Shape {
  const values = shapes.flatMap((shape) => (shape.kind === "one-of" ? shape.values : []));
  const others = shapes.filter(({ kind }) => kind !== "one-of");
  const all: Shape[] = values.length === 0 ? others : [{ kind: "one-of", values }, ...others];
  const [only, second] = all;
  return only !== undefined && second === undefined ? only : { kind: "either", shapes: all };
}

function mergeAll(schema: Schema, parts: readonly Json[]): Schema {
  let merged: Schema = without(schema, ["allOf"]);
  for (const part of parts) {
    if (!isObject(part)) continue;
    const both = (name: string) => ({ ...pick(merged, name), ...pick(part, name) });
    const required = [merged, part].flatMap((one) => (Array.isArray(one["required"]) ? one["required"] : []));
    merged = { ...merged, ...part, properties: both("properties"), required };
  }
  return merged;
}

function pick(schema: Schema, name: string): Schema {
  const value = schema[name];
  return isObject(value) ? value : {};
}

function without(schema: Schema, names: readonly string[]): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => !names.includes(name)));
}

function resolve(reference: string, root: Schema): Json {
  let found: Json | undefined = root;
  for (const part of reference
    .replace(/^#\/?/, "")
    .split("/")
    .filter((step) => step !== "")) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    found = isObject(found) ? found[name] : undefined;
  }
  if (found === undefined || !reference.startsWith("#")) {
    throw refuse(`Pointer '${reference.replace(/^#/, "")}' does not exist`);
  }
  return found;
}

function isObject(value: Json | undefined): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isScalar(value: Json): value is Scalar {
  return typeof value !== "object" || value === null;
}

function refuse(message: string): VllmRefusal {
  return new VllmRefusal(`Grammar error: ${message}`);
}
