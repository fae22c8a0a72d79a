import { availableParallelism } from "node:os";
import { basename } from "node:path";
import type { Template as ChatTemplate } from "@huggingface/jinja";
import type { LlamaContextSequence, LlamaModel, Token } from "node-llama-cpp";
import { WorkbookError } from "workbook/errors";
import type { ChatMessage, Engine, FinishReason, Generation, TokenSink } from "./engine.ts";
import { createStepBarrier } from "./step-barrier.ts";
import { createTokenText } from "./token-text.ts";

// A long prompt is read in pieces, so that other streams go on in between and an abort is noticed between two pieces.
const prefillPieceTokens = 128;
const maxSequences = 8;

/**
 * Loads a GGUF model and serves it with several sequences batched; nothing of one generation reaches the next.
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
  const { llama, model, template, sequences } = await load({ modelFile, contextTokens, threads });
  const step = createStepBarrier();
  const free = [...sequences];
  const queued: { generation: Generation; sink: TokenSink }[] = [];
  let isClosed = false;

  const run = async (sequence: LlamaContextSequence, generation: Generation, sink: TokenSink) => {
    try {
      sink.scheduled();
      await generateOn({ sequence, model, step, generation, sink });
    } catch (error) {
      if (!generation.signal.aborted && !isClosed) sink.failed(error);
    } finally {
      free.push(sequence);
      startQueued();
    }
  };
  const startQueued = () => {
    while (!isClosed && free.length > 0) {
      const next = queued.shift();
      if (next === undefined) return;
      if (next.generation.signal.aborted) continue;
      const sequence = free.pop();
      if (sequence !== undefined) void run(sequence, next.generation, next.sink);
    }
  };

  return {
    model: basename(modelFile, ".gguf").replace(/[.-](I?Q\d\w*|B?F\d+)$/i, ""),
    isRealModel: true,
    maxModelTokens: contextTokens,
    maxSequences,
    tokenize: (text) => model.tokenize(text, true).map(Number),
    renderChat: (messages, { addGenerationPrompt }) =>
      renderTemplate({ template, model, messages, addGenerationPrompt }),
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

async function load(options: { modelFile: string; contextTokens: number; threads: number }) {
  // Both have a top-level await or are slow to load, and a kernel loads this library with require(): import them late.
  const [{ getLlama, LlamaLogLevel }, { Template }] = await Promise.all([
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
    return { llama, model, sequences, template: source === undefined ? null : new Template(source) };
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

async function generateOn(options: {
  sequence: LlamaContextSequence;
  model: LlamaModel;
  step: <Result>(next: () => Promise<Result>) => Promise<Result>;
  generation: Generation;
  sink: TokenSink;
}): Promise<void> {
  const { sequence, model, step, generation, sink } = options;
  const { signal } = generation;
  await sequence.clearHistory();
  const prompt = generation.promptTokens as readonly number[] as readonly Token[];
  let position = 0;
  for (; prompt.length - position > prefillPieceTokens; position += prefillPieceTokens) {
    if (signal.aborted) return;
    const piece = prompt.slice(position, position + prefillPieceTokens);
    await step(() => sequence.evaluateWithoutGeneratingNewTokens(piece));
  }
  const tokens = sequence.evaluate(prompt.slice(position), {
    temperature: generation.temperature,
    topP: generation.topP,
    topK: generation.topK,
    minP: 0,
    seed: generation.seed,
    yieldEogToken: true,
  });
  const readText = createTokenText(model);
  for (let count = 1; ; count++) {
    if (signal.aborted) break;
    const { value: token, done } = await step(() => tokens.next());
    if (signal.aborted || done === true || token === undefined) break;
    const isEnd = model.isEogToken(token);
    let finishReason: FinishReason | null = null;
    if (isEnd && !generation.ignoreEos) finishReason = "stop";
    else if (count >= generation.maxTokens) finishReason = "length";
    sink.token(readText(token), finishReason);
    if (finishReason !== null) break;
  }
  await tokens.return();
}
