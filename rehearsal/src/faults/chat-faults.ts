import { seededRandom } from "workbook/seeded-random";
import { z } from "zod";
import { rejectingTemplates } from "../model-server/model-quirks.ts";
import { VllmRefusal } from "../model-server/vllm-error.ts";

const rate = z.number().min(0).max(1).optional();
const afterTokens = z.int().min(0).default(5);

/**
 * What can be made to go wrong with one chat request.
 *
 * - `status`: answers with that HTTP status and vLLM's error body.
 * - `slow-first-byte`: sends nothing, not even headers, for `delayMs`.
 * - `stall`: stops sending after `afterTokens` tokens and keeps the connection open.
 * - `truncated`: ends the stream properly after `afterTokens` tokens, without `[DONE]`.
 * - `reset`: cuts the connection after `afterTokens` tokens.
 * - `error-in-stream`: sends an error object inside the 200 stream after `afterTokens` tokens, then `[DONE]`.
 * - `no-system-role`: refuses system messages, in the words of that model's chat template (Gemma 2's by default).
 * - `no-chat-template`: refuses every conversation, as a base checkpoint does.
 * - `missing-usage`: leaves `usage` out even where it was asked for.
 * - `chunked-tokens`: puts `tokensPerChunk` tokens into one chunk.
 * - `reset-at-turn`: cuts the connection after `afterTokens` tokens where a conversation has come to its `turn`.
 *
 * Of a whole server, whatever its `rate`:
 * - `no-prefix-cache`: reads every prompt from its first token. `no-counters`: has no `/metrics`.
 *
 * `rate` is the share of requests that it hits (1 where it is left out).
 */
const faultSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("status"),
    status: z.int().min(400).max(599),
    message: z.string().optional(),
    rate,
  }),
  z.object({ kind: z.literal("slow-first-byte"), delayMs: z.number().min(0), rate }),
  z.object({ kind: z.literal("stall"), afterTokens, rate }),
  z.object({ kind: z.literal("truncated"), afterTokens, rate }),
  z.object({ kind: z.literal("reset"), afterTokens, rate }),
  z.object({ kind: z.literal("error-in-stream"), afterTokens, rate }),
  z.object({ kind: z.literal("missing-usage"), rate }),
  z.object({
    kind: z.literal("no-system-role"),
    template: z.enum(rejectingTemplates).default("gemma-2"),
    rate,
  }),
  z.object({ kind: z.literal("no-chat-template"), rate }),
  z.object({ kind: z.literal("reset-at-turn"), turn: z.int().min(1).default(3), afterTokens, rate }),
  z.object({ kind: z.literal("no-prefix-cache"), rate }),
  z.object({ kind: z.literal("no-counters"), rate }),
  z.object({ kind: z.literal("chunked-tokens"), tokensPerChunk: z.int().min(2).default(4), rate }),
]);

export type Fault = z.output<typeof faultSchema>;
export type FaultInput = z.input<typeof faultSchema>;

/** The request header that asks for faults on that request alone: one fault, or a list of them, as JSON. */
export const faultHeader = "x-rehearsal-fault";

/**
 * Chooses the faults of each request: those of its own header, and those of the server that its share hits.
 *
 * The returned function throws a VllmRefusal where the header holds no fault.
 */
export function createFaultChooser(options: {
  faults: readonly FaultInput[];
  seed: number;
}): (header: string | undefined) => Fault[] {
  const serverFaults = options.faults.map((fault) => faultSchema.parse(fault));
  const random = seededRandom(options.seed);
  return (header) => {
    if (header === undefined && serverFaults.length === 0) return [];
    const own = header === undefined ? [] : readFaultHeader(header);
    return [...own, ...serverFaults].filter((fault) => random() < (fault.rate ?? 1));
  };
}

function readFaultHeader(header: string): Fault[] {
  try {
    return z.array(faultSchema).parse([JSON.parse(header)].flat());
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : "it is no JSON";
    throw new VllmRefusal(`The header ${faultHeader} asks for no fault that the rehearsal knows: ${reason}.`);
  }
}

/** The first fault of one kind among those chosen for a request. */
export function findFault<Kind extends Fault["kind"]>(
  faults: readonly Fault[],
  kind: Kind,
): Extract<Fault, { kind: Kind }> | undefined {
  return faults.find((fault): fault is Extract<Fault, { kind: Kind }> => fault.kind === kind);
}
