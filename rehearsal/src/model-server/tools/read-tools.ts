import {
  describeInput,
  type FieldReader,
  type Json,
  object,
  type Reader,
  string,
} from "../request-fields.ts";
import { readSchema } from "../schema/read-schema.ts";
import type { Shape } from "../schema/shape.ts";
import { refuseParameter, type ValidationIssue, VllmRefusal } from "../vllm-error.ts";

/** A function that a request offers to the model. */
export interface Tool {
  name: string;
  description: string;
  parameters: Record<string, Json>;
}

/** The tools of a request, and what it says about their use; a name stands for that tool and no other. */
export interface ToolUse {
  tools: readonly Tool[];
  choice: "none" | "auto" | "required" | { name: string };
}

/** Reads `tools` and `tool_choice` as vLLM does; call `check` on the fields before the returned function. */
export function readTools(body: Readonly<Record<string, Json>>, fields: FieldReader): () => ToolUse {
  const tools = fields.optional("tools", toolList);
  return () => {
    if (tools?.length === 0) {
      const message =
        "`tools` must not be an empty array. Either provide at least one tool or omit the field entirely.";
      throw refuseParameter({ message, parameter: "tools" });
    }
    const choice = body["tool_choice"] ?? (tools === undefined ? "none" : "auto");
    return { tools: tools ?? [], choice: readChoice(choice, tools) };
  };
}

/** Refuses the use of tools where the server has no parser for calls. */
export function checkParser({ choice }: ToolUse, hasParser: boolean): void {
  if (hasParser || choice === "none") return;
  if (choice === "auto") {
    throw new VllmRefusal(
      '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
    );
  }
  const wanted = choice === "required" ? '"required"' : `function "${choice.name}"`;
  throw new VllmRefusal(`tool_choice=${wanted} requires --tool-call-parser to be set`);
}

/** The shape of a tool's arguments; of a tool whose schema cannot be kept to, any object without names. */
export function readParameters({ parameters }: Tool): Shape {
  try {
    const shape = readSchema(parameters);
    if (shape.kind === "object") return shape;
  } catch (error) {
    // vLLM compiles this schema only for a tool that is `strict`, and so refuses no other.
    if (!(error instanceof VllmRefusal)) throw error;
  }
  return { kind: "object", entries: [], rest: null, openNames: 0 };
}

const toolList: Reader<Tool[]> = (value, loc) => {
  if (!Array.isArray(value)) {
    return {
      issues: [{ type: "list_type", loc, msg: "Input should be a valid list", input: describeInput(value) }],
    };
  }
  const outcomes = value.map((item: Json, index) => readTool(item, `${loc}.${index}`));
  const issues = outcomes.flatMap((outcome) => ("issues" in outcome ? outcome.issues : []));
  if (issues.length > 0) return { issues };
  return { value: outcomes.flatMap((outcome) => ("value" in outcome ? [outcome.value] : [])) };
};

function readTool(item: Json, loc: string): { value: Tool } | { issues: ValidationIssue[] } {
  const tool = object(item, loc);
  if ("issues" in tool) return tool;
  const missing = (of: Json, where: string) => ({
    issues: [{ type: "missing", loc: where, msg: "Field required", input: describeInput(of) }],
  });
  if (tool.value["function"] === undefined) return missing(item, `${loc}.function`);
  const called = object(tool.value["function"], `${loc}.function`);
  if ("issues" in called) return called;
  const { name, description, parameters } = called.value;
  if (name === undefined) return missing(called.value, `${loc}.function.name`);
  const text = string(name, `${loc}.function.name`);
  if ("issues" in text) return text;
  const schema = object(parameters ?? {}, `${loc}.function.parameters`);
  if ("issues" in schema) return schema;
  return {
    value: {
      name: text.value,
      description: typeof description === "string" ? description : "",
      parameters: schema.value,
    },
  };
}

function readChoice(choice: Json, tools: readonly Tool[] | undefined): ToolUse["choice"] {
  if (choice === "none") return "none";
  const refuse = (message: string, parameter = "tool_choice") => refuseParameter({ message, parameter });
  if (tools === undefined) throw refuse("When using `tool_choice`, `tools` must be set.");
  if (choice === "auto" || choice === "required") return choice;
  const named = object(choice, "tool_choice");
  if ("issues" in named) {
    const allowed = 'Only named tools, "none", "auto" or "required" are supported.';
    throw refuse(`Invalid value for \`tool_choice\`: ${String(choice)}! ${allowed}`);
  }
  const usage = 'Correct usage: `{"type": "function", "function": {"name": "my_function"}}`';
  const called = object(named.value["function"], "function");
  if ("issues" in called) {
    const value = named.value["function"] === undefined ? "None" : String(named.value["function"]);
    throw refuse(
      `Invalid value for \`function\`: \`${value}\` in \`tool_choice\`! ${usage}`,
      "tool_choice.function",
    );
  }
  const { name } = called.value;
  const parameter = "tool_choice.function.name";
  if (name === undefined) {
    throw refuse(`Expected field \`name\` in \`function\` in \`tool_choice\`! ${usage}`, parameter);
  }
  if (typeof name !== "string" || name === "") {
    throw refuse(
      `Invalid \`name\` in \`function\`: \`${String(name)}\` in \`tool_choice\`! ${usage}`,
      parameter,
    );
  }
  if (tools.some((tool) => tool.name === name)) return { name };
  throw refuse("The tool specified in `tool_choice` does not match any of the specified `tools`");
}
