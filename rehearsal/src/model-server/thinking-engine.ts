import type { Engine, Generation, ReasoningField, TokenSink } from "./engine.ts";

/** Placeholder text, labelled as such. */
const thought = "This stands for a thought: no model wrote it.\nNow it answers.\n";

const thoughtTokens = ["<think>", "\n", ...(thought.match(/\s?\S+|\n/g) ?? []), "</think>", "\n\n"];

/**
 * Lets an engine think before it answers, as Qwen3 does: between two tags, and only where the request allows it.
 *
 * The thoughts keep the time of real tokens, and count as such; the answer is that of the engine without them.
 */
export function createThinkingEngine(engine: Engine, reasoningField: ReasoningField): Engine {
  return {
    ...engine,
    reasoningField,
    generate(generation, sink) {
      if (generation.isThinking === false) engine.generate(generation, sink);
      else think(engine, generation, sink);
    },
  };
}

function think(engine: Engine, generation: Generation, sink: TokenSink): void {
  const thoughts = thoughtTokens.slice(0, generation.maxTokens);
  const answerTokens = generation.maxTokens - thoughts.length;
  let spoken = 0;
  engine.generate(
    { ...generation, maxTokens: thoughts.length, ignoreEos: true, shape: undefined },
    {
      scheduled: (cachedTokens) => sink.scheduled(cachedTokens),
      token(_text, finishReason) {
        const text = thoughts[spoken++] ?? "";
        const isOver = finishReason !== null && answerTokens === 0;
        sink.token(text, isOver ? "length" : null);
        if (finishReason === null || isOver || generation.signal.aborted) return;
        engine.generate({ ...generation, maxTokens: answerTokens }, { ...sink, scheduled() {} });
      },
      failed: (error) => sink.failed(error),
    },
  );
}
