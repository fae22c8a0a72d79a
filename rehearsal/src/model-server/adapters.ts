import { seedOf } from "workbook/seeded-random";
import type { Engine } from "./engine.ts";

/** A LoRA adapter that a server serves beside its model. */
export interface ServedAdapter {
  name: string;
  /** A repository or a folder. */
  path: string;
}

/** Reads the adapters behind `--lora-modules` as vLLM does: `name=path`, or JSON with both. */
export function readAdapters(words: readonly string[]): ServedAdapter[] {
  const start = words.indexOf("--lora-modules") + 1;
  if (start === 0) return [];
  const end = words.findIndex((word, place) => place >= start && word.startsWith("-"));
  return words.slice(start, end < 0 ? undefined : end).flatMap((word) => readAdapter(word) ?? []);
}

function readAdapter(word: string): ServedAdapter | null {
  const equals = word.indexOf("=");
  if (equals > 0 && !word.includes(",")) return { name: word.slice(0, equals), path: word.slice(equals + 1) };
  try {
    const { name, path } = JSON.parse(word);
    return typeof name === "string" && typeof path === "string" ? { name, path } : null;
  } catch {
    return null;
  }
}

/** The adapter that a request names as its model. */
export function findAdapter(body: unknown, adapters: readonly ServedAdapter[]): ServedAdapter | undefined {
  const model = typeof body === "object" && body !== null && "model" in body ? body.model : undefined;
  return adapters.find(({ name }) => name === model);
}

/**
 * An engine as it is with an adapter of that name: it chooses other words, the same ones for the same request.
 *
 * Nobody has trained anything: the engine's own model, drawn from with a seed of the adapter's.
 */
export function withAdapter(engine: Engine, { name }: ServedAdapter): Engine {
  return {
    ...engine,
    generate(generation, sink) {
      const { temperature, seed } = generation;
      const isGreedy = temperature === 0;
      const own = { temperature: isGreedy ? 0.8 : temperature, seed: seedOf(name, isGreedy ? 0 : seed) };
      engine.generate({ ...generation, ...own }, sink);
    },
  };
}
