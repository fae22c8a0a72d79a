import { refuseBody, refuseParameter, VllmRefusal } from "./vllm-error.ts";

/** Parses a request's body, with vLLM's complaints about media type and JSON. */
export function parseBody(text: string, contentType: string | undefined): unknown {
  if (contentType?.split(";")[0]?.trim().toLowerCase() !== "application/json") {
    throw new VllmRefusal(
      "1 validation error:\n  Unsupported Media Type: Only 'application/json' is allowed",
      { type: "Bad Request" },
    );
  }
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch (error) {
    const position = /position (\d+)/.exec(String(error))?.[1] ?? "0";
    throw refuseBody([
      {
        type: "json_invalid",
        loc: `body.${position}`,
        msg: "JSON decode error",
        input: "'<dict of 0 items>'",
        ctx: "{'error': 'Expecting value'}",
      },
    ]);
  }
}

/** Parses the body of `/invocations`, which vLLM reads in its own way: any model will do. */
export function parseInvocation(text: string, contentType: string | undefined): unknown {
  let body: unknown;
  try {
    body = parseBody(text, contentType);
  } catch (error) {
    if (!(error instanceof VllmRefusal) || error.param === null) throw error;
    throw new VllmRefusal("JSON decode error: Expecting value: line 1 column 1 (char 0)", {
      type: "Bad Request",
    });
  }
  if (typeof body !== "object" || body === null || !("messages" in body)) {
    throw refuseParameter({
      message: "Either prompt or prompt_embeds must be provided and non-empty.",
      parameter: "prompt",
    });
  }
  return { ...body, model: undefined };
}
