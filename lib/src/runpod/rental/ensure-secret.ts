import { SettingsError, WorkbookError } from "../../errors.ts";
import { credentialsPage } from "../client/console-pages.ts";
import { RunPodError } from "../client/runpod-error.ts";
import type { RunPodSecret } from "../client/schemas.ts";
import { drawSalt, fingerprintOf } from "../journal/journal.ts";
import { secretNameOf } from "../pods/pod-plan.ts";
import type { RunPodContext } from "./context.ts";

/**
 * Sees to it that Runpod holds the Hugging Face token as a secret, and returns its name.
 *
 * A secret can be written and never read, so the journal keeps a salted hash of what was written last: where that
 * differs, or is not known, it is written again.
 *
 * @throws SettingsError without HF_TOKEN, WorkbookError where the account has no route for secrets.
 */
export async function ensureSecret(
  context: RunPodContext,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<string> {
  const { signal } = options;
  const { huggingFaceToken: token, withheldKeys } = context.connection;
  if (token === null) {
    throw new SettingsError(
      `The model is gated, so its pod needs a Hugging Face token. ${withheldKeys?.HF_TOKEN ?? "HF_TOKEN is not set."}`,
      {
        remedy:
          "Make one with read access to gated repositories at https://huggingface.co/settings/tokens and put it into .env.",
      },
    );
  }
  const name = secretNameOf(context.workbookId);
  const known = context.journal.read().secrets.get(name);
  const existing = await findSecret(context, name, signal);
  const isSame = known !== undefined && fingerprintOf(token, known.salt) === known.fingerprint;
  if (existing !== null && isSame) return name;
  await writeSecret(context, { name, token, existing, signal });
  const salt = drawSalt();
  context.journal.append({ kind: "secret", name, salt, fingerprint: fingerprintOf(token, salt) });
  return name;
}

async function writeSecret(
  context: RunPodContext,
  options: { name: string; token: string; existing: RunPodSecret | null; signal: AbortSignal | undefined },
): Promise<void> {
  const { name, token: value, existing, signal } = options;
  if (existing !== null) {
    await context.client.updateSecret(existing.id, { value }, { signal });
    return;
  }
  try {
    const description = "Hugging Face token of a serving workbook";
    await context.client.createSecret({ name, value, description }, { signal });
  } catch (error) {
    // Another process of this workbook was quicker, or an earlier call had its effect without an answer.
    const made = await findSecret(context, name, signal);
    if (made === null) throw error;
    await context.client.updateSecret(made.id, { value }, { signal });
  }
}

async function findSecret(
  context: RunPodContext,
  name: string,
  signal: AbortSignal | undefined,
): Promise<RunPodSecret | null> {
  try {
    const [secret] = await context.client.listSecrets(name, { signal });
    return secret ?? null;
  } catch (error) {
    if (!(error instanceof RunPodError) || (error.status !== 404 && error.status !== 405)) throw error;
    throw new WorkbookError(
      "This account's API has no route for secrets, so the Hugging Face token cannot be stored.",
      {
        remedy:
          `Make a secret with your token at ${credentialsPage} (tab Secrets) and give its name: ` +
          'createPod(plan, { huggingFaceSecret: "my_secret" }).',
        cause: error,
      },
    );
  }
}
