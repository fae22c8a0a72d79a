import { SettingsError } from "../errors.ts";
import { stayOnHost } from "../network/index.ts";
import { noKey } from "./call-endpoint.ts";
import { listsModel } from "./choose-model.ts";
import { EndpointError } from "./endpoint-error.ts";
import { fetchModels } from "./fetch-models.ts";

/** A port of this machine at which a server of this kind usually listens, and how to start one. */
export interface LocalPort {
  server: string;
  port: number;
  start: string;
}

/** The usual ports of those who serve models on their own machine, in the order in which they are taken. */
export const usualPorts: readonly LocalPort[] = [
  { server: "vLLM", port: 8_000, start: "vllm serve Qwen/Qwen3-0.6B" },
  { server: "Ollama", port: 11_434, start: "ollama run llama3.2" },
  { server: "LM Studio", port: 1_234, start: "lms server start" },
  { server: "llama.cpp", port: 8_080, start: "llama-server -m model.gguf" },
  { server: "SGLang", port: 30_000, start: "python -m sglang.launch_server --model-path Qwen/Qwen3-0.6B" },
];

/** Servers say in their list of models who they are; Ollama names the library that a model comes from. */
const serversByOwner: Readonly<Record<string, string>> = {
  vllm: "vLLM",
  sglang: "SGLang",
  llamacpp: "llama.cpp",
  library: "Ollama",
  organization_owner: "LM Studio",
};

/** A server of this machine has a second for its list: it does not go through a network. */
const patienceMs = 1_000;

type Found = { address: string; server: string; lists: boolean; isEmpty: boolean };
type Other = {
  port: LocalPort;
  reason: "wants a key" | "something else answers" | "no answer" | "nothing listens";
};

/**
 * Finds a server of models at the usual ports of this machine: the first that lists the wanted model, else the first that
 * has any. No key is sent to any of them.
 *
 * @returns its base URL, and a sentence that names what was taken and what else answered.
 * @throws SettingsError where none answers, with what was tried and how to start one.
 */
export async function findLocalServer(options: {
  wanted?: string | undefined;
  ports?: readonly LocalPort[] | undefined;
  fetch?: typeof fetch | undefined;
}): Promise<{ baseUrl: string; note: string }> {
  const { wanted, ports = usualPorts } = options;
  const request = stayOnHost(options.fetch ?? fetch);
  const answers = await Promise.all(ports.map((port) => askPort(port, wanted, request)));
  const found = answers.filter((answer) => "address" in answer);
  const taken = found.find(({ lists }) => lists) ?? found.find(({ isEmpty }) => !isEmpty) ?? found[0];
  if (taken === undefined) throw noneFound(answers.filter((answer) => "reason" in answer));
  const others = found.filter((one) => one !== taken).map(({ address, server }) => `${address} (${server})`);
  const rest =
    others.length === 0
      ? "To use another endpoint, set OPENAI_BASE_URL."
      : `Others answer too: ${others.join(", ")}. To use one of them, set OPENAI_BASE_URL.`;
  const note = `OPENAI_BASE_URL is not set, and ${taken.server} answers on this machine at ${taken.address}: it was taken. ${rest}`;
  return { baseUrl: taken.address, note };
}

async function askPort(
  port: LocalPort,
  wanted: string | undefined,
  request: typeof fetch,
): Promise<Found | Other> {
  const address = `http://127.0.0.1:${port.port}/v1`;
  try {
    const answer = await fetchModels({
      baseUrl: address,
      apiKey: noKey,
      timeoutMs: patienceMs,
      fetch: request,
    });
    if (answer.models === null) {
      const isLocked = answer.refusal.problem === "unauthorized";
      return { port, reason: isLocked ? "wants a key" : "something else answers" };
    }
    const owner = answer.models
      .map(({ ownedBy }) => serversByOwner[ownedBy ?? ""])
      .find((name) => name !== undefined);
    return {
      address,
      server: owner ?? `what listens at ${port.server}'s usual port`,
      lists: wanted !== undefined && listsModel(answer.models, wanted),
      isEmpty: answer.models.length === 0,
    };
  } catch (error) {
    const isSilent = error instanceof EndpointError && error.problem === "no-answer";
    return { port, reason: isSilent ? "no answer" : "nothing listens" };
  }
}

function noneFound(others: readonly Other[]): SettingsError {
  const tried = others.map(({ port: { server, port }, reason }) => `${server}'s ${port} (${reason})`);
  const locked = others.some(({ reason }) => reason === "wants a key");
  const start = others.map(({ port }) => `\`${port.start}\``).slice(0, 2);
  return new SettingsError(
    "WORKBOOK_TARGET is given and OPENAI_BASE_URL is not set, and no model server answers at the usual ports of this " +
      `machine: ${tried.join(", ")}.`,
    {
      remedy:
        (locked ? "For a server that wants a key set OPENAI_BASE_URL and OPENAI_API_KEY in .env. " : "") +
        `Start one, for example with ${start.join(" or ")}, or put an endpoint's address into .env, such as ` +
        "OPENAI_BASE_URL=http://127.0.0.1:8001/v1 or https://api.openai.com/v1.",
    },
  );
}
