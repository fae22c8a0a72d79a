import { z } from "zod";

type Json = Readonly<Record<string, unknown>>;

const jsonObject = z.record(z.string(), z.unknown());
const methods = ["get", "post", "put", "patch", "delete"];

/** Where two copies of the contract differ, in the operations that the workbook uses: one line each. */
export function compareContracts(options: {
  older: unknown;
  newer: unknown;
  /** Operation ids. */
  operations: readonly string[];
}): string[] {
  const older = describeContract(options.older);
  const newer = describeContract(options.newer);
  return options.operations.flatMap((operation) => {
    const [before, after] = [older.get(operation), newer.get(operation)];
    if (before === undefined && after === undefined) return [`${operation}: in neither`];
    if (before === undefined) return [`${operation}: new`];
    if (after === undefined) return [`${operation}: gone`];
    const gone = [...before].filter((trait) => !after.has(trait)).map((trait) => `${operation}: no ${trait}`);
    const added = [...after].filter((trait) => !before.has(trait)).map((trait) => `${operation}: + ${trait}`);
    return [...gone.toSorted(), ...added.toSorted()];
  });
}

/** What can be told of each operation: its place, parameters, statuses, and the fields of its bodies. */
function describeContract(spec: unknown): Map<string, Set<string>> {
  const root = jsonObject.parse(spec);
  const described = new Map<string, Set<string>>();
  for (const [path, item] of Object.entries(asObject(root["paths"]))) {
    for (const method of methods) {
      const operation = asObject(asObject(item)[method]);
      const id = operation["operationId"];
      if (typeof id !== "string") continue;
      const traits = new Set([`place ${method.toUpperCase()} ${path.replace(/\{[^{}]+\}/g, "{}")}`]);
      for (const parameter of asArray(operation["parameters"])) {
        const { name, in: place } = resolve(root, parameter);
        traits.add(`parameter ${String(name)} (${String(place)})`);
      }
      for (const trait of fieldsOf(root, operation["requestBody"])) traits.add(`request field ${trait}`);
      for (const [status, response] of Object.entries(asObject(operation["responses"]))) {
        traits.add(`status ${status}`);
        if (!status.startsWith("2")) continue;
        for (const trait of fieldsOf(root, response)) traits.add(`answer field ${trait}`);
      }
      described.set(id, traits);
    }
  }
  return described;
}

/** The fields of a JSON body with their paths; whether they are required is part of them. */
function fieldsOf(root: Json, holder: unknown): Set<string> {
  const content = asObject(resolve(root, holder)["content"]);
  const fields = new Set<string>();
  collect(asObject(content["application/json"])["schema"], "", 0);
  return fields;

  function collect(schema: unknown, path: string, depth: number): void {
    if (depth > 12) return;
    const resolved = resolve(root, schema);
    for (const part of ["allOf", "anyOf", "oneOf"].flatMap((name) => asArray(resolved[name]))) {
      collect(part, path, depth + 1);
    }
    for (const value of asArray(resolved["enum"])) fields.add(`${path} = ${String(value)}`);
    const required = asArray(resolved["required"]);
    for (const name of required) fields.add(`${path}.${String(name)} (required)`);
    for (const [name, property] of Object.entries(asObject(resolved["properties"]))) {
      fields.add(`${path}.${name}`);
      collect(property, `${path}.${name}`, depth + 1);
    }
    if (resolved["items"] !== undefined) collect(resolved["items"], `${path}[]`, depth + 1);
  }
}

function resolve(root: Json, value: unknown): Json {
  const object = asObject(value);
  const reference = object["$ref"];
  if (typeof reference !== "string") return object;
  const parts = reference.split("/").slice(1);
  return asObject(parts.reduce<unknown>((found, part) => asObject(found)[part], root));
}

function asObject(value: unknown): Json {
  const parsed = jsonObject.safeParse(value);
  return parsed.success ? parsed.data : {};
}

function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
