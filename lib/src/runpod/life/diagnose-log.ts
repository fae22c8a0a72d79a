import type { PodLogLine } from "../client/index.ts";
import type { PodProblem } from "./pod-not-ready-error.ts";

/** What a pod's log says about why it will not become ready. */
export interface LogDiagnosis {
  problem: PodProblem;
  /** One sentence. */
  cause: string;
  remedy: string;
  /** The line that says it. */
  line: string;
}

interface Sign {
  problem: PodProblem;
  pattern: RegExp;
  cause: string;
  remedy: string | ((found: RegExpExecArray) => string);
}

const newPod = "then end this pod and create another";

/** From the particular to the general: the first one that some line of the log matches is the diagnosis. */
const signs: readonly Sign[] = [
  {
    problem: "gated-model",
    pattern: /awaiting a review from the repo authors/i,
    cause: "Access to the model has been requested, but its owners have not granted it yet.",
    remedy: `Wait for Hugging Face's mail, or serve an open model meanwhile; ${newPod}.`,
  },
  {
    problem: "gated-model",
    pattern: /enable access to public gated repositories/i,
    cause: "The Hugging Face token may not read gated models, although the account may.",
    remedy: `Edit the token at https://huggingface.co/settings/tokens: allow reading public gated repositories; ${newPod}.`,
  },
  {
    problem: "gated-model",
    pattern: /is restricted and you are not in the authorized list|not in the authorized list/i,
    cause: "The account of the Hugging Face token has not accepted the model's licence.",
    remedy: `Open the model's page with that account and accept the conditions; ${newPod}.`,
  },
  {
    problem: "secret-missing",
    pattern: /\{\{\s*RUNPOD_SECRET_/,
    cause: "RunPod did not fill in the secret with the Hugging Face token: there is none of that name.",
    remedy: `Check that HF_TOKEN is set; ${newPod}.`,
  },
  {
    problem: "gated-model",
    pattern:
      /cannot access gated repo|trying to access a gated repo|must have access to it and be authenticated/i,
    cause: "The model is gated, and Hugging Face did not accept the pod's token.",
    remedy: `Accept the licence on the model's page and check HF_TOKEN (checkModelAccess() says what is missing); ${newPod}.`,
  },
  {
    problem: "unknown-model",
    pattern: /Repository Not Found for url|is not a valid model identifier|Invalid repository ID/i,
    cause: "Hugging Face has no model of this name, or it is private.",
    remedy: `Copy the id from the model's page, with upper and lower case; ${newPod}.`,
  },
  {
    problem: "kv-cache-too-small",
    pattern: /estimated maximum model length is (\d+)/i,
    cause: "The memory that is left for the KV cache does not hold one conversation of the planned length.",
    remedy: (found) => `Plan with maxModelTokens: ${found[1]} or less; ${newPod}.`,
  },
  {
    problem: "kv-cache-too-small",
    pattern:
      /larger than the available KV cache memory|larger than the maximum number of tokens that can be (stored )?in KV cache|No available memory for the cache blocks/i,
    cause: "The memory that is left for the KV cache does not hold one conversation of the planned length.",
    remedy: `Plan with a smaller maxModelTokens, or with more memory; ${newPod}.`,
  },
  {
    problem: "out-of-memory",
    pattern: /CUDA out of memory|OutOfMemoryError/i,
    cause: "The GPU's memory does not hold the model.",
    remedy: `Plan with more GPUs, a larger one, or a quantised variant of the model; ${newPod}.`,
  },
  {
    problem: "unknown-argument",
    pattern: /error: unrecognized arguments: ([^\n]{1,120})/i,
    cause: "vLLM does not know one of its arguments.",
    remedy: (found) => `Take ${found[1]?.trim()} out of the plan's extraArguments; ${newPod}.`,
  },
  {
    problem: "unsupported-model",
    pattern: /Model architectures .* are not supported|does not recognize this architecture/i,
    cause: "This version of vLLM cannot serve the model.",
    remedy: `Plan with a newer image; ${newPod}.`,
  },
  {
    problem: "driver-too-old",
    pattern:
      /unsatisfied condition: cuda>=\s*([\d.]*\d)|Error 80[34]\b|unsupported display driver|CUDA driver version is insufficient|driver on your system is too old/i,
    cause: "The host's NVIDIA driver is too old for the image.",
    remedy: (found) =>
      `Plan with minCudaVersion: "${found[1] ?? "13.0"}" or an older image; ${newPod}: it comes to another host.`,
  },
  {
    problem: "no-gpu",
    pattern:
      /No CUDA GPUs are available|Found no NVIDIA driver|libcuda\.so\.1: cannot open|Failed to infer device type/i,
    cause: "The container sees no GPU: the host is at fault.",
    remedy: "End this pod and create another: it comes to another host.",
  },
  {
    problem: "disk-full",
    pattern: /no space left on device|\[Errno 28\]|Not enough free disk space|quota exceeded/i,
    cause: "The pod's disk is full, mostly with the model's weights.",
    remedy: `Plan with a larger containerDiskGb: 1.2 times the weights and 20 GB; ${newPod}.`,
  },
  {
    problem: "image-unavailable",
    pattern:
      /manifest unknown|manifest for .* not found|repository does not exist|pull access denied|toomanyrequests|no matching manifest/i,
    cause: "The host cannot fetch the image.",
    remedy: `Check its name and tag at https://hub.docker.com/r/vllm/vllm-openai/tags; ${newPod}.`,
  },
  {
    problem: "container-not-started",
    pattern: /executable file not found in \$PATH|OCI runtime create failed|exec format error/i,
    cause: "The host could not start the container.",
    remedy: "End this pod and create another; if it happens again, plan with another image.",
  },
  {
    problem: "engine-failed",
    pattern: /Engine core initialization failed|EngineCore failed to start/i,
    cause: "vLLM's engine did not start.",
    remedy:
      "Look at the first ERROR line of readPodLog(pod), correct what it names, then create another pod.",
  },
];

/** Three starts of the container are two crashes. */
const startsOfCrashLoop = 3;

/** Says why a pod will not become ready, if its log says so; `null` otherwise. */
export function diagnoseLog(lines: readonly PodLogLine[]): LogDiagnosis | null {
  for (const { problem, pattern, cause, remedy } of signs) {
    for (const { text } of lines) {
      const found = pattern.exec(text);
      if (found === null) continue;
      return { problem, cause, remedy: typeof remedy === "string" ? remedy : remedy(found), line: text };
    }
  }
  const starts = lines.filter(({ source, text }) => source === "system" && /\bstart container\b/i.test(text));
  const last = starts.at(-1);
  if (starts.length < startsOfCrashLoop || last === undefined) return null;
  return {
    problem: "crash-loop",
    cause: `The container has been started ${starts.length} times: it ends again and again.`,
    remedy:
      "Look at the end of readPodLog(pod) for what vLLM said last, correct the plan, then create another pod.",
    line: last.text,
  };
}
