import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Ajv2020, ValidateFunction } from "ajv/dist/2020.js";
import { z } from "zod";
import { findNewerOperation, newerFields, newerQuery } from "./newer-contract.ts";

const responseSchema = z.looseObject({
  $ref: z.string().optional(),
  headers: z.record(z.string(), z.unknown()).optional(),
  content: z.record(z.string(), z.unknown()).optional(),
});
const parameterSchema = z.looseObject({ name: z.string(), in: z.string(), required: z.boolean().optional() });
const operationSchema = z.looseObject({
  operationId: z.string(),
  parameters: z.array(z.looseObject({ $ref: z.string().optional() })).default([]),
  requestBody: z.unknown().optional(),
  responses: z.record(z.string(), responseSchema),
});
const specSchema = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.looseObject({
    parameters: z.record(z.string(), parameterSchema),
    responses: z.record(z.string(), responseSchema),
  }),
});

/** One operation of the vendor's contract, found by method and path. */
interface ContractOperation {
  operationId: string;
  /** Where it stands in the specification, as a JSON pointer. */
  pointer: string;
  parameters: { name: string; in: string; pointer: string }[];
  hasBody: boolean;
  responses: Record<string, z.output<typeof responseSchema>>;
}

const commandsSchema = z.looseObject({
  entrypoint: z.array(z.string()).optional(),
  cmd: z.array(z.string()).optional(),
});

const methods = ["get", "post", "put", "patch", "delete"] as const;
const contractFile = [process.env["RUNPOD_OPENAPI"] ?? "", "../shared/runpod-openapi.json"]
  .filter((path) => path !== "")
  .map((path) => resolve(import.meta.dirname, "../..", path))
  .find((path) => existsSync(path));

/** `false`, or why nothing can be checked: to be given as `skip` to the tests that need the contract. */
export const contractSkip: string | false =
  contractFile === undefined
    ? "RUNPOD'S CONTRACT WAS NOT CHECKED: no specification at RUNPOD_OPENAPI or ../shared/runpod-openapi.json."
    : false;

const contract = contractFile === undefined ? null : await loadContract(contractFile);

/** The ids of all operations of the contract. */
export function contractOperationIds(): string[] {
  return open().operations.map(({ operation }) => operation.operationId);
}

/**
 * Asserts that a request is one that Runpod's contract knows: path, method, query and body.
 *
 * `path` begins with `/v2` and may carry a query. What the newer contract has and this copy lacks is let through as
 * `newer-contract.ts` lists it.
 */
export function assertRequestMatchesContract(method: string, path: string, body: unknown): void {
  const { pathname, searchParams } = new URL(path, "http://contract.invalid");
  const known = look(method, pathname);
  const newer = known === null ? findNewerOperation(method, pathname) : null;
  if (newer !== null) {
    newer.body?.parse(body);
    return;
  }
  const operation = known ?? absent(method, pathname);
  const where = `${method} ${path} (${operation.operationId})`;
  for (const [name, value] of searchParams) {
    if (newerQuery.includes(name)) continue;
    const parameter = operation.parameters.find((known) => known.in === "query" && known.name === name);
    assert.ok(parameter !== undefined, `${where}: the contract knows no query parameter "${name}"`);
    assertValid(
      `${parameter.pointer}/schema`,
      parseQueryValue(value, parameter.pointer),
      `${where} ?${name}`,
    );
  }
  if (!operation.hasBody) {
    assert.equal(body, undefined, `${where}: the contract has no body here`);
    return;
  }
  commandsSchema.parse(body);
  assertValid(`${operation.pointer}/requestBody/content/application~1json/schema`, body, where);
}

/**
 * Asserts that an answer is one that Runpod's contract allows for that request: status, kind of content, body.
 *
 * The stand-in also may not answer fields that the contract lacks; `newer-contract.ts` lists those that it may.
 */
export function assertAnswerMatchesContract(answer: {
  method: string;
  path: string;
  status: number;
  contentType: string | undefined;
  /** `undefined` without one, and for streams. */
  body: unknown;
}): void {
  const { method, path, status, contentType, body } = answer;
  const { pathname } = new URL(path, "http://contract.invalid");
  const known = look(method, pathname);
  const newer = known === null ? findNewerOperation(method, pathname) : null;
  if (newer !== null && status < 300) {
    newer.answers[status]?.parse(body);
    assert.ok(status in newer.answers, `${method} ${path}: ${status} is not among its answers`);
    return;
  }
  // Whatever is refused, and wherever, is refused in the same form.
  const operation = known ?? (newer === null ? null : look("GET", "/v2/pods")) ?? absent(method, pathname);
  const where = `${status} of ${method} ${path} (${operation.operationId})`;
  const key = String(status) in operation.responses ? String(status) : "default";
  const { responses, pointer } = operation;
  const listed = responses[key];
  assert.ok(listed !== undefined, `${where}: the contract has no such answer`);
  const responsePointer = listed.$ref?.slice(1) ?? `${pointer}/responses/${key}`;
  const response = listed.$ref === undefined ? listed : open().sharedResponse(listed.$ref);
  if (response.content === undefined) {
    assert.equal(body, undefined, `${where}: the contract has no body here`);
    return;
  }
  const kind = (contentType ?? "").split(";")[0] ?? "";
  assert.ok(kind in response.content, `${where}: ${kind || "no content type"} is not what the contract says`);
  if (kind === "text/event-stream") return;
  const schema = `${responsePointer}/content/${escapePointer(kind)}/schema`;
  assertValid(schema, body, where);
  assertNothingUnknown(schema, body, where);
}

function look(method: string, pathname: string): ContractOperation | null {
  const candidates = open().operations.filter(({ matches }) => matches(method, pathname));
  // `/v2/registries/delegations` is not the registry with that id.
  const found = candidates.toSorted((one, other) => one.parameterCount - other.parameterCount)[0];
  return found?.operation ?? null;
}

function absent(method: string, pathname: string): never {
  assert.fail(`${method} ${pathname} is not in the contract`);
}

function open() {
  assert.ok(contract !== null, String(contractSkip));
  return contract;
}

function assertValid(pointer: string, value: unknown, where: string): void {
  check({ $ref: `contract#${pointer}` }, value, where);
}

function assertNothingUnknown(pointer: string, value: unknown, where: string): void {
  if (typeof value !== "object" || value === null) return;
  check({ $ref: `contract#${pointer}`, unevaluatedProperties: false }, value, where);
}

/** A field that is newer than the copy is no error, as long as it is unknown there and not wrong. */
function check(schema: object, value: unknown, where: string): void {
  const validate = open().validator(schema);
  const errors = validate(value) ? [] : (validate.errors ?? []);
  const real = errors.filter(
    ({ keyword, params }) =>
      keyword !== "unevaluatedProperties" || !newerFields.includes(String(params["unevaluatedProperty"])),
  );
  const described = real.map(
    ({ instancePath, message, params }) => `${instancePath || "body"} ${message} ${JSON.stringify(params)}`,
  );
  assert.equal(real.length, 0, `${where}: ${described.join("; ")}`);
}

function parseQueryValue(value: string, pointer: string): unknown {
  const { schema } = z
    .looseObject({ schema: z.looseObject({ type: z.unknown().optional() }) })
    .parse(open().at(pointer));
  if (schema.type === "array") return value.split(",");
  if (schema.type === "integer" || schema.type === "number") return Number(value);
  return schema.type === "boolean" ? value === "true" : value;
}

async function loadContract(file: string) {
  const json: unknown = JSON.parse(readFileSync(file, "utf8"), (_name, value: unknown) =>
    moveCondition(value),
  );
  const spec = specSchema.parse(json);
  const { Ajv2020: Validator } = await import("ajv/dist/2020.js");
  const ajv: Ajv2020 = new Validator({
    strict: false,
    allErrors: true,
    formats: {
      "date-time": (text: string) => /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text)),
      float: true,
      double: true,
      uri: (text: string) => URL.canParse(text),
      int64: true,
      int32: true,
    },
  });
  ajv.addSchema(spec, "contract");
  const compiled = new Map<string, ValidateFunction>();
  const validator = (schema: object): ValidateFunction => {
    const key = JSON.stringify(schema);
    const known = compiled.get(key) ?? ajv.compile(schema);
    compiled.set(key, known);
    return known;
  };
  const at = (pointer: string) =>
    pointer
      .split("/")
      .slice(1)
      .map((part) => decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~"))
      .reduce<unknown>((value, name) => Reflect.get(Object(value), name), spec);
  const operations = Object.entries(spec.paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      if (item[method] === undefined) return [];
      const parsed = operationSchema.parse(item[method]);
      const pointer = `/paths/${escapePointer(path)}/${method}`;
      const parameters = parsed.parameters.map((parameter, index) => {
        const parameterPointer = parameter.$ref?.slice(1) ?? `${pointer}/parameters/${index}`;
        return { ...parameterSchema.parse(at(parameterPointer)), pointer: parameterPointer };
      });
      const pattern = new RegExp(`^${path.replace(/\{[^}]+\}/g, "[^/]+")}$`);
      const operation: ContractOperation = {
        operationId: parsed.operationId,
        pointer,
        parameters,
        hasBody: parsed.requestBody !== undefined,
        responses: parsed.responses,
      };
      const matches = (asked: string, pathname: string) =>
        asked.toLowerCase() === method && pattern.test(pathname);
      return [{ operation, matches, parameterCount: path.split("{").length - 1 }];
    }),
  );
  const sharedResponse = (reference: string) => responseSchema.parse(at(reference.slice(1)));
  return { operations, validator, at, sharedResponse };
}

/** Beside `unevaluatedProperties` the validator loses count where an `if` does not hold; within `allOf` it does not. */
function moveCondition(value: unknown): unknown {
  const schema = z
    .looseObject({
      if: z.unknown(),
      // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
      then: z.unknown(),
      allOf: z.array(z.unknown()),
      unevaluatedProperties: z.unknown(),
    })
    .safeParse(value);
  if (!schema.success || schema.data.if === undefined) return value;
  const { if: condition, then: consequence, allOf, ...rest } = schema.data;
  // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
  return { ...rest, allOf: [...allOf, { if: condition, then: consequence }] };
}

function escapePointer(text: string): string {
  return text.replaceAll("~", "~0").replaceAll("/", "~1").replaceAll("{", "%7B").replaceAll("}", "%7D");
}
