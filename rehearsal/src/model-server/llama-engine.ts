import { availableParallelism } from "node:os";
import { basename } from "node:path";
import type { Template as ChatTemplate } from "@huggingface/jinja";
import type { LlamaGrammarEvaluationState, LlamaModel, Token } from "node-llama-cpp";
import { WorkbookError } from "workbook/errors";
import { cacheBlockTokens, mostCachedTokens } from "./cache/cache-blocks.ts";
import { createSequencePool, type TakenSequence } from "./cache/sequence-pool.ts";
import type { ChatMessage, Engine, FinishReason, Generation, TokenSink } from "./engine.ts";
import type { Shape } from "./schema/shape.ts";
import { grammarSchema } from "./schema/shape-grammar.ts";
import { createStepBarrier } from "./step-barrier.ts";
import { createTokenText } from "./token-text.ts";

// A long prompt is read in pieces, so that other streams go on in between and an abort is noticed between two pieces.
const prefillPieceTokens = 128;
const maxSequences = 8;

/**
 * Loads a GGUF model and serves it with several sequences batched, each of which goes on where a prompt continues it.
 *
 * The native engine starts threads of its own: one core is left to the event loop, since spinning threads on all
 * cores slow everything down tenfold. The KV cache of all sequences is taken at once, about 24 KB a token for
 * SmolLM2-135M.
 *
 * @throws WorkbookError where the engine has no binary for this platform or the file is no usable model.
 */
export async function createLlamaEngine(options: {
  modelFile: string;
  /** Prompt and answer together, per sequence. */
  contextTokens?: number | undefined;
  threads?: number | undefined;
}): Promise<Engine> {
  const { modelFile, contextTokens = 2_048 } = options;
  const threads = options.threads ?? Math.max(1, availableParallelism() - 1);
  const { llama, model, template, sequences, createGrammarState } = await load({
    modelFile,
    contextTokens,
    threads,
  });
  const step = createStepBarrier();
  const opening = template === null ? () => [] : findOpening(template, model);
  const pool = createSequencePool(sequences);
  const queued: QueuedGeneration[] = [];
  let isClosed = false;

  const run = async (taken: TakenSequence, { generation, sink }: QueuedGeneration) => {
    let isUsable = false;
    try {
      await generateOn({ taken, model, step, createGrammarState, generation, sink });
      isUsable = true;
    } catch (error) {
      if (!generation.signal.aborted && !isClosed) sink.failed(error);
    } finally {
      taken.giveBack({ isUsable });
      startQueued();
    }
  };
  const startQueued = () => {
    while (!isClosed) {
      const [next] = queued;
      if (next === undefined) return;
      const { cacheSpace, promptTokens, signal } = next.generation;
      const taken = signal.aborted ? null : pool.take(cacheSpace, asModelTokens(promptTokens));
      if (taken === null && !signal.aborted) return;
      queued.shift();
      if (taken !== null) void run(taken, next);
    }
  };

  return {
    model: basename(modelFile, ".gguf").replace(/[.-](I?Q\d\w*|B?F\d+)$/i, ""),
    isRealModel: true,
    maxModelTokens: contextTokens,
    maxSequences,
    tokenize: (text) => model.tokenize(text, true).map(Number),
    renderChat: (messages, { addGenerationPrompt }) =>
      renderTemplate({ template, model, messages: [...opening(messages), ...messages], addGenerationPrompt }),
    generate(generation, sink) {
      queued.push({ generation, sink });
      startQueued();
    },
    async close() {
      isClosed = true;
      await llama.dispose();
    },
  };
}

interface QueuedGeneration {
  generation: Generation;
  sink: TokenSink;
}

async function load(options: { modelFile: string; contextTokens: number; threads: number }) {
  // Both have a top-level await or are slow to load, and a kernel loads this library with require(): import them late.
  const [{ getLlama, LlamaGrammarEvaluationState, LlamaLogLevel }, { Template }] = await Promise.all([
    import("node-llama-cpp"),
    import("@huggingface/jinja"),
  ]);
  try {
    const llama = await getLlama({
      build: "never",
      gpu: false,
      skipDownload: true,
      progressLogs: false,
      logLevel: LlamaLogLevel.error,
      maxThreads: options.threads,
    });
    const model = await llama.loadModel({ modelPath: options.modelFile });
    const context = await model.createContext({
      sequences: maxSequences,
      contextSize: options.contextTokens,
      threads: options.threads,
    });
    const sequences = Array.from({ length: maxSequences }, () =>
      // Too long a generation would silently throw the oldest tokens away: the server caps lengths, this makes sure.
      context.getSequence({
        contextShift: {
          size: 1,
          strategy: () => {
            throw new Error("the context is full in the middle of an answer");
          },
        },
      }),
    );
    const source = model.fileInfo.metadata.tokenizer?.chat_template;
    const createGrammarState = async (shape: Shape) => {
      const { grammar } = await llama.createGrammarForJsonSchema({ oneOf: [grammarSchema(shape)] });
      const withoutLineBreaks = grammar.replace(/ "(?:\\n){4}" \[\\n\]\*$/m, "");
      return new LlamaGrammarEvaluationState({
        model,
        grammar: await llama.createGrammar({ grammar: withoutLineBreaks }),
      });
    };
    const template = source === undefined ? null : new Template(source);
    return { llama, model, sequences, template, createGrammarState };
  } catch (cause) {
    throw new WorkbookError(
      `The rehearsal's model could not be loaded from ${basename(options.modelFile)} (${describe(cause)}).`,
      {
        remedy:
          "Check that it is a GGUF file and that `npm run setup` went through; " +
          "without a model, the timed engine still rehearses every step, with simulated answers.",
        cause,
      },
    );
  }
}

function describe(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
}

function renderTemplate(options: {
  template: ChatTemplate | null;
  model: LlamaModel;
  messages: readonly ChatMessage[];
  addGenerationPrompt: boolean;
}): string {
  const { template, model, messages, addGenerationPrompt } = options;
  if (template === null) throw new Error("this model has no chat template");
  return template.render({
    messages: messages.map(({ role, content }) => ({ role, content })),
    add_generation_prompt: addGenerationPrompt,
    bos_token: model.tokens.bosString ?? "",
    eos_token: model.tokens.eosString ?? "",
  });
}

function asModelTokens(tokens: readonly number[]): readonly Token[] {
  return tokens as readonly Token[];
}

/**
 * A template may put a system prompt of its own before a conversation, as SmolLM2's does: an empty one takes its place.
 *
 * The models that people serve have none; with it, every prompt would have its first block from the prefix cache.
 */
function findOpening(template: ChatTemplate, model: LlamaModel) {
  const user = { role: "user", content: "" };
  const empty = { role: "system", content: "" };
  const count = (messages: ChatMessage[]) =>
    model.tokenize(renderTemplate({ template, model, messages, addGenerationPrompt: false }), true).length;
  const hasOwn = count([user]) > cacheBlockTokens && count([empty, user]) < cacheBlockTokens;
  return ([first]: readonly ChatMessage[]) =>
    hasOwn && first !== undefined && first.role !== "system" ? [empty] : [];
}

async function generateOn(options: {
  taken: TakenSequence;
  model: LlamaModel;
  step: <Result>(next: () => Promise<Result>) => Promise<Result>;
  createGrammarState: (shape: Shape) => Promise<LlamaGrammarEvaluationState>;
  generation: Generation;
  sink: TokenSink;
}): Promise<void> {
  const { taken, model, step, createGrammarState, generation, sink } = options;
  const { sequence } = taken;
  const { signal, shape } = generation;
  const cachedTokens = await taken.prepare();
  sink.scheduled(cachedTokens);
  const prompt = asModelTokens(generation.promptTokens);
  // With and without the cache the last block is computed in one piece of the same size, and so rounded the same.
  const lastBlock = mostCachedTokens(prompt.length);
  let position = cachedTokens;
  while (position < lastBlock) {
    if (signal.aborted) return;
    const piece = prompt.slice(position, Math.min(position + prefillPieceTokens, lastBlock));
    await step(() => sequence.evaluateWithoutGeneratingNewTokens(piece));
    position += piece.length;
  }
  taken.markRead();
  const tokens = sequence.evaluate(prompt.slice(position), {
    temperature: generation.temperature,
    topP: generation.topP,
    topK: generation.topK,
    minP: 0,
    seed: generation.seed,
    yieldEogToken: true,
    ...(shape === undefined ? {} : { grammarEvaluationState: await createGrammarState(shape) }),
  });
  const readText = createTokenText(model);
  for (let count = 1; ; count++) {
    if (signal.aborted) break;
    const { value: token, done } = await step(() => tokens.next());
    if (signal.aborted || done === true || token === undefined) break;
    const isEnd = model.isEogToken(token);
    let finishReason: FinishReason | null = null;
    if (isEnd && (shape !== undefined || !generation.ignoreEos)) finishReason = "stop";
    else if (count >= generation.maxTokens) finishReason = "length";
    sink.token(readText(token), finishReason);
    if (finishReason !== null) break;
  }
  await tokens.return();
}
