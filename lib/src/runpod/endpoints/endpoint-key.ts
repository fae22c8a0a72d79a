import { SettingsError } from "../../errors.ts";
import { findKeyProblem } from "../../words/index.ts";
import { credentialsPage } from "../client/console-pages.ts";
import type { RunPodContext } from "../rental/context.ts";

/**
 * Reads the key that calls of endpoints carry: one that may do nothing else.
 *
 * @throws SettingsError where there is none, and where it is the account's own key.
 */
export function readEndpointKey({ connection }: Pick<RunPodContext, "connection">): string {
  const key = connection.endpointKey?.trim() ?? "";
  const remedy =
    `Make a restricted key at ${credentialsPage} (tab API Keys), with access to serverless endpoints and to ` +
    "nothing else, and put it into .env as RUNPOD_ENDPOINT_KEY.";
  const refuse = (problem: string) => new SettingsError(problem, { remedy });
  if (key === "") {
    const reason = connection.withheldKeys?.RUNPOD_ENDPOINT_KEY ?? "RUNPOD_ENDPOINT_KEY is not set.";
    throw refuse(`Calling an endpoint takes a key of its own. ${reason}`);
  }
  if (key === connection.apiKey) {
    throw refuse(
      "RUNPOD_ENDPOINT_KEY is the account's own key, with which anybody who gets it can rent machines.",
    );
  }
  const problem = findKeyProblem(key);
  if (problem === null) return key;
  throw refuse(`RUNPOD_ENDPOINT_KEY ${problem}.`);
}
