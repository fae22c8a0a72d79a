import { z } from "zod";
import { stripControlCharacters } from "../../show/index.ts";
import { hideSecrets } from "./hide-secrets.ts";
import { RunPodError, type RunPodProblem } from "./runpod-error.ts";

/** What RunPod's APIs call an error: problem+json of REST v2, and the older shapes of REST v1 and GraphQL. */
const refusalSchema = z.object({
  title: z.string().nullish(),
  detail: z.string().nullish(),
  message: z.string().nullish(),
  error: z.union([z.string(), z.object({ message: z.string() })]).nullish(),
  errors: z.array(z.union([z.string(), z.object({ message: z.string() })])).nullish(),
});

interface Refusal {
  problem: RunPodProblem;
  remedy: string;
}

/** Turns an answer that is no success into one error, whatever shape its body has. */
export function readRefusal(options: {
  call: string;
  status: number;
  headers: Headers;
  body: string;
  secrets: readonly string[];
}): RunPodError {
  const { call, status } = options;
  const detail = hideSecrets(stripControlCharacters(readDetail(options.body)), options.secrets).slice(0, 600);
  const { problem, remedy } = judge(status, detail);
  const said = detail === "" ? "" : ` and said: ${detail.replace(/[.\s]+$/, "")}`;
  const requestId = options.headers.get("x-request-id");
  return new RunPodError(`RunPod answered ${call} with HTTP ${status}${said}.`, {
    problem,
    remedy,
    call,
    status,
    detail,
    requestId: requestId === null ? null : hideSecrets(requestId, options.secrets).slice(0, 100),
    mayHaveHappened: status >= 500 || status === 408,
  });
}

function readDetail(body: string): string {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    // A proxy's page says nothing that its status does not say; a short plain text may.
    return /^\s*</.test(body) ? "" : body.trim().replace(/\s+/g, " ");
  }
  const parsed = refusalSchema.safeParse(json);
  if (!parsed.success) return "";
  const { title, detail, message, error, errors } = parsed.data;
  const texts = [
    detail ?? message ?? (typeof error === "string" ? error : error?.message) ?? title,
    ...(errors ?? []).map((one) => (typeof one === "string" ? one : one.message)),
  ];
  return texts.filter((text) => text !== null && text !== undefined && text !== "").join("; ");
}

function judge(status: number, detail: string): Refusal {
  if (/error code: 1010/.test(detail)) {
    return {
      problem: "edge-refused",
      remedy: "The network edge in front of the API refused this client before it looked at the key.",
    };
  }
  if (/no longer any instances available|no instances|SUPPLY_CONSTRAINT/i.test(detail)) {
    return { problem: "no-capacity", remedy: "Try another GPU, or the same one in a few minutes." };
  }
  if (status === 402 || /balance is too low|insufficient (balance|funds)/i.test(detail)) {
    return {
      problem: "balance-too-low",
      remedy: "Add credit at https://console.runpod.io/user/billing: at least one hour of the pod's price.",
    };
  }
  if (/spend(ing)? limit/i.test(detail)) {
    return {
      problem: "spend-limit",
      remedy: "End something that runs, or ask RunPod's support to raise the limit.",
    };
  }
  return byStatus(status);
}

function byStatus(status: number): Refusal {
  switch (status) {
    case 401:
      return {
        problem: "key-refused",
        remedy:
          "Make a new key at https://console.runpod.io/user/settings and put it into .env as RUNPOD_API_KEY.",
      };
    case 403:
      return {
        problem: "access-denied",
        remedy:
          "The key is valid but may not do this: give it read and write access to pods, or make a new one.",
      };
    case 404:
      return { problem: "not-found", remedy: "It has ended, or its id is another: list what there is." };
    case 409:
      return {
        problem: "conflict",
        remedy: "Its present state does not allow this: look at it again in a moment.",
      };
    case 410:
      return {
        problem: "api-retired",
        remedy: "This address has been retired: set RUNPOD_API_URL to https://api.runpod.io/v2.",
      };
    case 429:
      return {
        problem: "rate-limited",
        remedy: "Wait a minute and try again; other programs share this limit.",
      };
    default:
      return status >= 500
        ? {
            problem: "server-error",
            remedy: "A fault at RunPod, which usually passes: try again in a minute.",
          }
        : {
            problem: "invalid-request",
            remedy: "Correct what it names; another GPU would fail in the same way.",
          };
  }
}
