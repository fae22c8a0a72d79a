import { readdirSync, readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { z } from "zod";
import type { LocalServer } from "../../helpers/local-server.ts";
import { startOpenAiLike } from "../../helpers/openai-like.ts";

const folder = join(import.meta.dirname, "corpus");

const json = z.string().transform((text): unknown => JSON.parse(text));
const tokens = z.int().nonnegative().nullable();

const headSchema = z.strictObject({
  /** The oddity, in a sentence. */
  what: z.string().endsWith("."),
  server: z.string().min(2),
  /** Where the fact can be looked up. */
  source: z.union([z.url({ protocol: /^https$/ }), z.string().startsWith("recorded from ")]),
  /** What a reader must make of the answer; `README.md` has the rules. */
  expect: json.pipe(
    z.strictObject({
      text: z.string(),
      reasoning: z.string(),
      toolArguments: z.string(),
      finishReason: z.string().min(1).nullable(),
      promptTokens: tokens,
      completionTokens: tokens,
      failure: z.enum(["empty", "cut-off", "error-in-stream", "unreadable", "refused"]).nullable(),
      words: z.array(z.string().min(1)),
    }),
  ),
  /** Merged into the chat request. */
  request: json.pipe(z.record(z.string(), z.unknown())).default({}),
  /** Kinds of notices that a chat must give. */
  notices: json.pipe(z.array(z.string())).default([]),
  /** Where the server contradicts a rule. */
  doubt: z.string().optional(),
  lineEnds: z.enum(["crlf", "cr"]).optional(),
  bytes: z.literal("base64").optional(),
  encode: z.literal("gzip").optional(),
  ends: z.literal("cut").optional(),
});

/** One answer of one server, as it goes over the wire, and what a reader must make of it. */
export interface CorpusStream
  extends Pick<z.output<typeof headSchema>, "what" | "server" | "source" | "expect" | "request" | "notices"> {
  name: string;
  status: number;
  headers: Record<string, string>;
  body: Buffer;
  /** `cut`: the connection breaks after the body. */
  ends: "whole" | "cut";
}

/** Splits at the first occurrence; throws where there is none. */
function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  if (at === -1) throw new Error(`There is no ${JSON.stringify(separator)} in ${text.slice(0, 100)}.`);
  return [text.slice(0, at), text.slice(at + separator.length)];
}

function readStream(name: string): CorpusStream {
  const [head, answer] = splitOnce(readFileSync(join(folder, `${name}.http`), "utf8"), "\n---\n");
  const { lineEnds, bytes, encode, ends, doubt, ...rest } = headSchema.parse(
    Object.fromEntries(head.split("\n").map((line) => splitOnce(line, ": "))),
  );
  const [top, text] = splitOnce(answer, "\n\n");
  const [statusLine = "", ...headerLines] = top.split("\n");
  const lineEnd = { crlf: "\r\n", cr: "\r", lf: "\n" }[lineEnds ?? "lf"];
  const plain = bytes === undefined ? Buffer.from(text.replaceAll("\n", lineEnd)) : Buffer.from(text, bytes);
  return {
    ...rest,
    name,
    status: Number(statusLine.split(" ")[1]),
    headers: Object.fromEntries(headerLines.map((line) => splitOnce(line, ":").map((part) => part.trim()))),
    body: encode === undefined ? plain : gzipSync(plain),
    ends: ends ?? "whole",
  };
}

/** All streams of the corpus, by name. */
export function readCorpus(): CorpusStream[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(".http"));
  return files.sort().map((file) => readStream(file.slice(0, -".http".length)));
}

/**
 * Starts a server on loopback that lists one model, `small`, and answers every chat request with the stream. `splitAt`
 * has the byte offsets at which the body is cut into writes of their own; it is read anew for each request.
 */
export function serveCorpus(
  context: TestContext,
  stream: CorpusStream,
  pieces: { splitAt?: readonly number[] } = {},
): Promise<LocalServer> {
  return startOpenAiLike(context, {
    chat: (_request, response) => void send(response, stream, pieces.splitAt ?? []),
  });
}

async function send(
  response: ServerResponse,
  { status, headers, body, ends }: CorpusStream,
  splitAt: readonly number[],
): Promise<void> {
  response.writeHead(status, headers);
  const places = [0, ...splitAt, body.length].sort((a, b) => a - b);
  for (const [index, end] of places.entries()) {
    if (response.destroyed) return;
    await new Promise<void>((resolve) =>
      response.write(body.subarray(places[index - 1] ?? 0, end), () => resolve()),
    );
    await nextTurn();
  }
  if (ends === "cut") response.destroy();
  else response.end();
}
