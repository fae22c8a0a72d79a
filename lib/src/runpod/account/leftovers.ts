import { InputError, WorkbookError } from "../../errors.ts";
import { networkVolumeUsdPerMonth } from "../../serving/index.ts";
import { isNotFound, RunPodError } from "../client/runpod-error.ts";
import { templateNameOf } from "../pods/pod-body.ts";
import { secretNameOf } from "../pods/pod-plan.ts";
import type { RunPodContext } from "../rental/context.ts";
import { askUntilSure } from "../rental/find-rental.ts";
import { type AccountOptions, openRunPod } from "../rental/open-runpod.ts";

/** Something that stays on the account when no machine runs: it goes on costing money, or is left over. */
export interface Leftover {
  kind: "network volume" | "template" | "secret";
  id: string;
  name: string;
  /** Whether this workbook made it, by its name; nothing else is ever deleted. */
  isOurs: boolean;
  /** Computed from the list price; 0 for what costs nothing. */
  usdPerMonth: number;
  /** A few words: what it is for. */
  note: string;
  /** Whether a rehearsal made it up. */
  isSimulated: boolean;
}

/**
 * Lists what stays on the account when no machine runs: all network volumes, which cost money, and this workbook's own
 * template and secret, which do not.
 *
 * @throws RunPodError where the account cannot be asked.
 */
export async function listLeftovers(options: AccountOptions = {}): Promise<Leftover[]> {
  return findLeftovers(await openRunPod(options), options.signal);
}

/**
 * Deletes something that this workbook left on the account, and reads back that it is gone; for good.
 *
 * What it is, and whose, is read anew: only what bears this workbook's name is deleted.
 *
 * @throws InputError for what this workbook did not make, WorkbookError where it is still there afterwards.
 */
export async function deleteLeftover(
  leftover: Pick<Leftover, "kind" | "id">,
  options: AccountOptions = {},
): Promise<void> {
  const { kind, id } = leftover;
  const { signal } = options;
  const context = await openRunPod(options);
  const look = async () =>
    (await findLeftovers(context, signal)).find((one) => one.kind === kind && one.id === id) ?? null;
  const find = () => askUntilSure(context, look, { signal });
  const found = await find();
  if (found === null) return;
  if (!found.isOurs) {
    throw new InputError(
      `The ${kind} ${id} (${found.name}) was not made by this workbook, so it is left alone.`,
      { remedy: "Delete it in Runpod's console, if nobody needs it." },
    );
  }
  await remove(context, found, signal).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
  });
  if ((await find()) === null) return;
  throw new WorkbookError(`Runpod accepted the order to delete the ${kind} ${id}, but it is still there.`, {
    remedy: "Try again in a minute, or delete it at https://console.runpod.io.",
  });
}

async function findLeftovers(
  { client, target, workbookId }: RunPodContext,
  signal: AbortSignal | undefined,
): Promise<Leftover[]> {
  const secretName = secretNameOf(workbookId);
  const templateName = templateNameOf(workbookId);
  const [volumes, templates, secrets] = await Promise.all([
    client.listNetworkVolumes({ signal }),
    client.listTemplates({ signal }),
    client.listSecrets(secretName, { signal }).catch(noneWithoutRoute),
  ]);
  const volumeName = `workbook-${workbookId}`;
  const found = [
    ...volumes.map(
      ({ id, name, size, dataCenter }): Omit<Leftover, "isSimulated"> => ({
        kind: "network volume",
        id,
        name,
        isOurs: name === volumeName || name.startsWith(`${volumeName}-`),
        usdPerMonth: networkVolumeUsdPerMonth(size),
        note: `${size} GB in ${dataCenter}, billed with or without a machine`,
      }),
    ),
    ...templates
      .filter(({ name }) => name === templateName)
      .map((template) => own("template", template, "the last plan, as a preset for the console")),
    ...secrets
      .filter(({ name }) => name === secretName)
      .map((secret) => own("secret", secret, "the Hugging Face token, for machines that serve gated models")),
  ];
  return found.map((leftover) => ({ ...leftover, isSimulated: target === "rehearsal" }));
}

function own(
  kind: Leftover["kind"],
  { id, name }: Pick<Leftover, "id" | "name">,
  note: string,
): Omit<Leftover, "isSimulated"> {
  return { kind, id, name, isOurs: true, usdPerMonth: 0, note };
}

async function remove(
  { client }: RunPodContext,
  { kind, id }: Leftover,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (kind === "network volume") return client.deleteNetworkVolume(id, { signal });
  return kind === "template" ? client.deleteTemplate(id, { signal }) : client.deleteSecret(id, { signal });
}

/** An older API has no route for secrets, and so no secrets of ours. */
function noneWithoutRoute(error: unknown): [] {
  if (error instanceof RunPodError && (error.status === 404 || error.status === 405)) return [];
  throw error;
}
