import type { GbnfJsonSchema } from "node-llama-cpp";
import type { Shape } from "./shape.ts";

/** Writes a shape as a schema of which node-llama-cpp makes a grammar; in that, each property is required. */
export function grammarSchema(shape: Shape): GbnfJsonSchema {
  switch (shape.kind) {
    case "one-of":
      return { enum: shape.values };
    case "text":
      return { type: "string", minLength: shape.fewest, maxLength: shape.most };
    case "number":
      return { type: shape.isWhole ? "integer" : "number" };
    case "date":
      return { type: "string", format: shape.format };
    case "list": {
      const { first, rest, fewest, most } = shape;
      return {
        type: "array",
        ...(first.length === 0 ? {} : { prefixItems: first.map(grammarSchema) }),
        ...(rest === null ? {} : { items: grammarSchema(rest) }),
        minItems: fewest,
        maxItems: rest === null ? first.length : most,
      };
    }
    case "object": {
      const { entries, rest, openNames } = shape;
      const properties = Object.fromEntries(entries.map(([name, value]) => [name, grammarSchema(value)]));
      if (rest === null) return { type: "object", properties };
      const names = entries.length + openNames;
      return {
        type: "object",
        properties,
        additionalProperties: grammarSchema(rest),
        minProperties: names,
        maxProperties: names,
      };
    }
    case "either":
      return { oneOf: shape.shapes.map(grammarSchema) };
  }
}
