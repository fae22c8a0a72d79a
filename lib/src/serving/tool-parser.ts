import { InputError } from "../errors.ts";
import { type ModelShape, testedVllmVersion } from "../facts/index.ts";
import type { Caller } from "./caller.ts";
import { compareVersions } from "./vllm-arguments.ts";

const [autoFlag, parserFlag] = ["--enable-auto-tool-choice", "--tool-call-parser"];

/**
 * Makes the flags without which vLLM refuses tool calls; none where the request's own arguments name a parser.
 *
 * They cost nothing while no request brings tools. An image that is older than the tested one, or not vLLM's own, may
 * not know the parser and would not start: it gets them only where `tools` is `true`.
 *
 * @throws InputError where `tools` is `true`, and nobody knows the parser for the model.
 */
export function makeToolArguments(
  request: { tools: boolean | undefined; extraArguments: readonly string[] },
  server: { model: ModelShape; vllmVersion: string | null },
  caller: Caller,
): string[] {
  const { tools, extraArguments } = request;
  const { model, vllmVersion } = server;
  if (tools === false || readToolParser(extraArguments) !== null) return [];
  if (tools === true && listToolFlags(model).length === 0) {
    throw new InputError(
      `${caller.name}: tools is true, but no parser for the tool calls of ${model.id} is known.`,
      {
        remedy: `Give the one that its card names: extraArguments: ["${autoFlag}", "${parserFlag}", "hermes"].`,
        field: "tools",
      },
    );
  }
  const isKnown = vllmVersion !== null && compareVersions(vllmVersion, testedVllmVersion) >= 0;
  return isKnown || tools === true ? listToolFlags(model) : [];
}

/** Lists the flags that let vLLM read a model's tool calls; none where its parser is not known. */
export function listToolFlags({ toolParser = null }: Pick<ModelShape, "toolParser">): string[] {
  return toolParser === null ? [] : [autoFlag, parserFlag, toolParser];
}

/** Finds the parser that arguments of vLLM name; `null` where they name none. */
export function readToolParser(vllmArguments: readonly string[]): string | null {
  for (const [place, argument] of vllmArguments.entries()) {
    const [flag, value = vllmArguments[place + 1]] = argument.split(/[=\s]/);
    if (flag?.replaceAll("_", "-") === parserFlag) return value ?? null;
  }
  return null;
}
