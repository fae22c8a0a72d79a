import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { Endpoint } from "../endpoint/index.ts";
import { loadGpuPrices } from "../facts/index.ts";
import { findModelRevision } from "../hub/index.ts";
import { hideSecretArguments } from "../words/index.ts";
import type { Evidence } from "./evidence.ts";
import type { MeasurePlan } from "./measure-plan.ts";

type EvidencePlan = Pick<MeasurePlan, "gpu" | "startedWith">;

/** Notes what is known of the machine and the server behind an endpoint; of a pod it asks Hugging Face for the model's commit. */
export async function gatherEvidence(
  endpoint: Pick<Endpoint, "origin" | "model" | "gpu" | "startedWith" | "apiKey">,
  plan: EvidencePlan,
): Promise<Omit<Evidence, "recordsSha256">> {
  const { image = null, arguments: given = null } = plan.startedWith ?? endpoint.startedWith ?? {};
  const known = given === null ? null : hideSecretArguments(given, [endpoint.apiKey]);
  return {
    image,
    arguments: known,
    modelRevision: await findRevision(endpoint, known ?? []),
    // Neither vLLM nor Runpod's API says it.
    driver: null,
    price: findPrice(endpoint, plan),
  };
}

async function findRevision(
  { origin, model }: Pick<Endpoint, "origin" | "model">,
  given: readonly string[],
): Promise<string | null> {
  const flag = given.findIndex((argument) => argument.split("=")[0] === "--revision");
  const named = flag < 0 ? undefined : (given[flag]?.split("=")[1] ?? given[flag + 1]);
  if (named !== undefined) return /^[0-9a-f]{40}$/.test(named) ? named : null;
  // Only of a pod it is known that it has loaded the model from there.
  return origin === "pod" || origin === "serverless" ? findModelRevision(model) : null;
}

/** What was said of the measured cards, else what the price book has for them. */
function findPrice({ gpu: own }: Pick<Endpoint, "gpu">, { gpu }: EvidencePlan): Evidence["price"] {
  if (gpu === null) return null;
  const today = new Date().toISOString().slice(0, 10);
  if (gpu.usdPerHour !== null) {
    const source = gpu === own ? "the pod's own price, as Runpod's API says" : "given for the measurement";
    return { usdPerHour: gpu.usdPerHour, source, observed: today };
  }
  const ofCard = loadGpuPrices({ date: today }).filter(({ gpuId }) => gpuId === gpu.name);
  const price = ofCard.find(({ cloud }) => cloud === "SECURE") ?? ofCard[0];
  if (price === undefined) return null;
  const { usdPerHour, observed, sources, cloud } = price;
  const source = `price book: Runpod, ${cloud.toLowerCase()} cloud, ${sources[0]}`;
  return { usdPerHour: usdPerHour * gpu.count, source, observed };
}

/** Returns the SHA-256 of a file with raw records; `null` where there is none, or none that can be read. */
export async function hashRecords(path: string | undefined): Promise<string | null> {
  if (path === undefined) return null;
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk);
  } catch {
    return null;
  }
  return hash.digest("hex");
}
