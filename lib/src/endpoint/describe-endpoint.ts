import { alignColumns, inWords } from "../words/index.ts";
import type { Endpoint } from "./endpoint.ts";

/** What vLLM takes where neither the request nor the model's `generation_config.json` names any. */
const vllmDefaults = { temperature: 1, top_p: 1 };

/**
 * Writes an endpoint for people, one figure a line: its address, its model and adapters, what answers, its context, and how it
 * samples where a request does not say.
 */
export function describeEndpoint(endpoint: Endpoint): string {
  const { baseUrl, model, adapters, server, standsInFor, maxModelTokens, gpu, notes } = endpoint;
  const context =
    maxModelTokens === null ? "not stated" : `${inWords(maxModelTokens)} tokens, prompt and answer`;
  const noAdapter = standsInFor === null ? "" : "; not trained: the stand-in answers under each name";
  const lines: [string, string][] = [
    ["address", baseUrl],
    ["model", model],
    ...(adapters.length === 0
      ? []
      : [["adapters", `${adapters.join(", ")}${noAdapter}`] satisfies [string, string]]),
    ["answers", server],
    ["context", context],
    ...(gpu === null ? [] : [describeCards(gpu)]),
    ["sampling", describeSampling(endpoint)],
    ...notes.map((note): [string, string] => ["mind", note]),
  ];
  return alignColumns(lines);
}

function describeCards({ name, count, peerToPeer }: NonNullable<Endpoint["gpu"]>): [string, string] {
  return ["cards", `${count} × ${name}${peerToPeer === undefined ? "" : `, peer-to-peer: ${peerToPeer}`}`];
}

function describeSampling({ samplingDefaults }: Endpoint): string {
  if (samplingDefaults === null)
    return "the server's own defaults, which are not known: set temperature and top_p";
  const all = Object.entries({ ...vllmDefaults, ...samplingDefaults });
  const named = all.map(([name, value]) => `${name} ${value}`).join(", ");
  const isModels = Object.keys(samplingDefaults).length > 0;
  return `${named} where a request sets none (${isModels ? "the model's generation_config.json" : "vLLM's own"})`;
}
