import { refusesSystemPrompt, tokenizePrompt } from "../endpoint/index.ts";
import type { CommonHead } from "./conversations.ts";
import { countCommon } from "./prefix-cache.ts";
import { correctWords, type Preparation, withReserve, writePrompt } from "./prepare-requests.ts";
import { beginConversation, type RequestShape, type SharedPrompt, writeBody } from "./request-shape.ts";
import { runLoad } from "./run-load.ts";

const probeTokens = 2;

/**
 * Gives a measurement of conversations its shared prompt, as long as asked for, and finds what all of its prompts begin with.
 *
 * One request with another prompt of that length says how many tokens it takes, and whether the chat template takes a
 * system prompt at all; the shared prompt itself is not sent, so that no cache holds it yet.
 */
export async function fitSharedPrompt(
  preparation: Preparation,
  prepared: { shape: RequestShape; notes: string[] },
): Promise<{ shape: RequestShape; notes: string[]; head: CommonHead }> {
  const { plan } = preparation;
  const { turns, sharedPromptTokens } = plan;
  const none = { ...prepared, head: { tokens: 0, isRead: false } };
  if (turns === 1 && sharedPromptTokens === 0) return none;
  const { shared, notes } =
    sharedPromptTokens === 0
      ? { shared: null, notes: [] }
      : await probeSharedPrompt(preparation, prepared.shape);
  const shape = { ...prepared.shape, shared };
  const tokens = (await countCommonTokens(preparation, shape)) ?? sharedPromptTokens;
  return { shape, notes: [...prepared.notes, ...notes], head: { tokens, isRead: false } };
}

async function probeSharedPrompt(
  { transport, plan, budget, signal }: Preparation,
  shape: RequestShape,
): Promise<{ shared: SharedPrompt; notes: string[] }> {
  const { seed, sharedPromptTokens: wanted } = plan;
  const outputTokens = Math.min(probeTokens, plan.outputTokens);
  const make = (phase: string, words: number, parts: Pick<SharedPrompt, "isFolded" | "mostTokens">) => ({
    ...parts,
    prompt: writePrompt({ seed, phase, index: 0 }, words),
  });
  let shared = make("probe of the shared prompt", wanted, { isFolded: false, mostTokens: 2 * wanted + 300 });
  const notes: string[] = [];
  let words = wanted;
  for (let attempt = 0; attempt < 2; attempt++) {
    const probe = { ...shape, shared };
    const prompt = writePrompt(
      { seed, phase: "probe beside the shared prompt", index: attempt },
      shape.promptWords,
    );
    const { flights } = await runLoad({
      transport,
      body: () => writeBody(probe, { ...beginConversation(probe, prompt), outputTokens }),
      streams: 1,
      mostRequests: 1,
      budget,
      worstTokensPerRequest: () => shared.mostTokens + shape.mostPromptTokens + outputTokens,
      stallMs: plan.stallMs,
      signal,
    });
    const [flight] = flights;
    if (flight !== undefined && !shared.isFolded && refusesSystemPrompt(flight)) {
      notes.push(
        "The model's chat template takes no system prompt: the shared one stands at the head of the first message.",
      );
      shared = { ...shared, isFolded: true };
      continue;
    }
    const added = flight?.inputTokens == null ? null : flight.inputTokens - plan.promptTokens;
    if (added !== null && added > 0) {
      words = correctWords(wanted, { tokens: added, wanted });
      shared = { ...shared, mostTokens: withReserve(Math.max(added, wanted)) };
    }
    break;
  }
  const { isFolded, mostTokens } = shared;
  return { shared: make("shared prompt", words, { isFolded, mostTokens }), notes };
}

/** Counts the tokens that two prompts have in common, by the server's tokenizer; `null` where it has no such route. */
async function countCommonTokens(
  { endpoint, plan, signal }: Preparation,
  shape: RequestShape,
): Promise<number | null> {
  const options = { signal, timeoutMs: 10_000, headers: plan.headers };
  const ask = async (first: string) => {
    const { prompt, before } = beginConversation(shape, first);
    const messages = [...before, { role: "user" as const, content: prompt }];
    return (await tokenizePrompt(endpoint, { messages }, options)).tokens;
  };
  // No word of one begins like the other's.
  const [one, other] = await Promise.all([ask("time year way"), ask("7 9 5")]).catch(() => []);
  return countCommon(one, other);
}
