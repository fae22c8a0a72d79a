import { SettingsError } from "../../errors.ts";
import { loadSettings } from "../../settings.ts";
import { createRunPodClient, type RunPodClient } from "./client.ts";

/**
 * Makes the client that the settings mean: `RUNPOD_API_KEY` at `RUNPOD_API_URL`.
 *
 * @throws SettingsError where no key is set; in a rehearsal none is read.
 */
export function defaultClient(): RunPodClient {
  const { runpodApiKey, runpodApiUrl, target } = loadSettings();
  if (runpodApiKey !== null) return createRunPodClient({ apiUrl: runpodApiUrl, apiKey: runpodApiKey });
  throw new SettingsError(
    target === "rehearsal"
      ? "In a rehearsal no RunPod key is read."
      : "RUNPOD_API_KEY is not set, so nobody can be asked.",
    {
      remedy:
        "Make a key at https://console.runpod.io/user/settings, put it into .env as RUNPOD_API_KEY, and set WORKBOOK_TARGET=runpod.",
    },
  );
}
