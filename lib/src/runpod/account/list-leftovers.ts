import { RunPodError } from "../client/runpod-error.ts";
import { secretNameOf } from "../pods/secret-name.ts";
import type { RunPodContext } from "../rental/context.ts";
import { describeSecret, describeTemplate, describeVolume, type Leftover } from "./leftover.ts";

/**
 * Lists what stays on the account when no machine runs: all network volumes, which cost money, and this workbook's own
 * template and secret, which do not.
 *
 * @throws RunPodError where the account cannot be asked.
 */
export async function listLeftovers(
  context: RunPodContext,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<Leftover[]> {
  const { client, workbookId } = context;
  const [volumes, templates, secrets] = await Promise.all([
    client.listNetworkVolumes(options),
    client.listTemplates(options),
    client.listSecrets(secretNameOf(workbookId), options).catch(noneWithoutRoute),
  ]);
  return [
    ...volumes.map((volume) => describeVolume(context, volume)),
    ...templates.flatMap((template) => describeTemplate(context, template) ?? []),
    ...secrets.flatMap((secret) => describeSecret(context, secret) ?? []),
  ];
}

/** An older API has no route for secrets, and so no secrets of ours. */
function noneWithoutRoute(error: unknown): [] {
  if (error instanceof RunPodError && (error.status === 404 || error.status === 405)) return [];
  throw error;
}
