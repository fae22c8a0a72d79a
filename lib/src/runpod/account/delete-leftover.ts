import { InputError, WorkbookError } from "../../errors.ts";
import { isNotFound } from "../client/runpod-error.ts";
import type { RunPodContext } from "../rental/context.ts";
import type { Leftover } from "./leftover.ts";
import { listLeftovers } from "./list-leftovers.ts";

/**
 * Deletes something that this workbook left on the account, and reads back that it is gone; for good.
 *
 * What it is, and whose, is read anew: only what bears this workbook's name is deleted.
 *
 * @throws InputError for what this workbook did not make, WorkbookError where it is still there afterwards.
 */
export async function deleteLeftover(
  context: RunPodContext,
  leftover: Pick<Leftover, "kind" | "id">,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const { kind, id } = leftover;
  const find = async () =>
    (await listLeftovers(context, options)).find((one) => one.kind === kind && one.id === id);
  const found = await find();
  if (found === undefined) return;
  if (!found.isOurs) {
    throw new InputError(
      `The ${kind} ${id} (${found.name}) was not made by this workbook, so it is left alone.`,
      {
        remedy: "Delete it in RunPod's console, if nobody needs it.",
      },
    );
  }
  await remove(context, found, options).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
  });
  if ((await find()) === undefined) return;
  throw new WorkbookError(`RunPod took the order to delete the ${kind} ${id}, but it is still there.`, {
    remedy: "Try again in a minute, or delete it at https://console.runpod.io.",
  });
}

async function remove(
  { client }: RunPodContext,
  { kind, id }: Leftover,
  options: { signal?: AbortSignal | undefined },
): Promise<void> {
  switch (kind) {
    case "network volume":
      return client.deleteNetworkVolume(id, options);
    case "template":
      return client.deleteTemplate(id, options);
    case "secret":
      return client.deleteSecret(id, options);
  }
}
