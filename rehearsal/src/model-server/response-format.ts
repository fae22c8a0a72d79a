import { describeInput, type FieldReader, type Json, object } from "./request-fields.ts";
import { readSchema } from "./schema/read-schema.ts";
import { anyObject, type Shape } from "./schema/shape.ts";
import { refuseBody, refuseParameter, type ValidationIssue, VllmRefusal } from "./vllm-error.ts";

/** Reads from `response_format` and `structured_outputs` what an answer must look like; `null`: it is free. */
export function readAnswerShape(
  body: Readonly<Record<string, Json>>,
  fields: FieldReader,
): () => Shape | null {
  const outputs = fields.optional("structured_outputs", object);
  return () => readFormat(body["response_format"]) ?? readStructuredOutputs(outputs);
}

function readFormat(format: Json): Shape | null {
  if (format === undefined || format === null) return null;
  const parsed = object(format, "body.response_format");
  if ("issues" in parsed) throw refuseBody([...parsed.issues, ...parsed.issues, ...parsed.issues]);
  const { type, json_schema: named } = parsed.value;
  switch (type) {
    case "text":
      return null;
    case "json_object":
      return anyObject;
    case "json_schema":
      return readNamedSchema(parsed.value, named);
    case undefined:
      throw refuseFormat(parsed.value, missing("type", parsed.value));
    default:
      throw refuseFormat(parsed.value, notLiteral(type, "'text', 'json_object' or 'json_schema'"));
  }
}

function readNamedSchema(format: Record<string, Json>, named: Json): Shape {
  if (named === undefined || named === null) {
    const message = "When response_format type is 'json_schema', the 'json_schema' field must be provided.";
    throw refuseParameter({ message, parameter: "response_format" });
  }
  const parsed = object(named, "body.response_format.json_schema");
  if ("issues" in parsed) throw refuseBody(parsed.issues);
  if (parsed.value["name"] === undefined) {
    throw refuseFormat(format, missing("json_schema.name", parsed.value));
  }
  const { schema } = parsed.value;
  if (schema === undefined || schema === null) throw new VllmRefusal(noConstraint);
  const inner = object(schema, "");
  if ("value" in inner) return readSchema(inner.value);
  throw refuseFormat(format, {
    type: "dict_type",
    loc: "body.response_format.json_schema.schema",
    msg: "Input should be a valid dictionary",
    input: describeInput(schema),
  });
}

function readStructuredOutputs(outputs: Record<string, Json> | undefined): Shape | null {
  if (outputs === undefined) return null;
  const kinds = ["json", "regex", "choice"].filter((kind) => (outputs[kind] ?? null) !== null);
  if (kinds.length > 1) {
    throw new VllmRefusal(
      "You can only use one kind of constraints for structured outputs ('json', 'regex' or 'choice').",
    );
  }
  const schema = object(outputs["json"], "body.structured_outputs.json");
  if ("value" in schema) return readSchema(schema.value);
  throw new VllmRefusal(
    "The rehearsal takes a JSON schema in structured_outputs.json, and no other constraint.",
  );
}

const noConstraint =
  "You must use one kind of structured outputs constraint but none are specified: {'json': None, 'regex': None, " +
  "'choice': None, 'grammar': None, 'json_object': None, 'disable_any_whitespace': False, " +
  "'disable_additional_properties': False, 'whitespace_pattern': None, 'structural_tag': None, '_backend': None, " +
  "'_backend_was_auto': False}";

/** Refuses a format that fits none of vLLM's three kinds, with what is wrong for each of them. */
function refuseFormat(format: Record<string, Json>, first: ValidationIssue): VllmRefusal {
  const { type } = format;
  const notTag = type === undefined ? missing("type", format) : notLiteral(type, "'structural_tag'");
  const fields = ["structures", "triggers"].map((name) => missing(name, format));
  return refuseBody([first, notTag, missing("format", format), notTag, ...fields]);
}

function missing(name: string, from: Record<string, Json>): ValidationIssue {
  return {
    type: "missing",
    loc: `body.response_format.${name}`,
    msg: "Field required",
    input: describeInput(from),
  };
}

function notLiteral(value: Json, expected: string): ValidationIssue {
  return {
    type: "literal_error",
    loc: "body.response_format.type",
    msg: `Input should be ${expected}`,
    input: describeInput(value),
    ctx: `{'expected': "${expected}"}`,
  };
}
