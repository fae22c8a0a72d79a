// What `npm run pods` offers to delete: only what this workbook made, and only after a yes.

import { createInterface } from "node:readline/promises";
import { LauncherError } from "../../set-up/launcher-error.mjs";

/** @typedef {{ kind: "endpoint" | import("workbook").Leftover["kind"], id: string, name: string, cost: string }} Deletable */

/**
 * Finds what is this workbook's own and may go: endpoints that cost money at rest or that nobody wants, volumes, and,
 * where no pod and no endpoint of its own is left that may use them, its template and its secret.
 *
 * @param {{
 *   pods: readonly import("workbook").ListedPod[],
 *   endpoints: readonly import("workbook").ListedEndpoint[],
 *   leftovers: readonly import("workbook").Leftover[],
 * }} found
 * @returns {Deletable[]}
 */
export function findDeletable({ pods, endpoints, leftovers }) {
  const ownEndpoints = endpoints.filter(({ owner }) => owner === "this workbook");
  const going = ownEndpoints.filter(({ minWorkers, isWanted }) => minWorkers > 0 || !isWanted);
  const isUsed = pods.some(({ owner }) => owner === "this workbook") || ownEndpoints.length > going.length;
  const own = leftovers.filter(({ isOurs }) => isOurs);
  return [
    ...going.map(({ id, name, usdPerHourAtRest }) => ({
      kind: /** @type {const} */ ("endpoint"),
      id,
      name,
      cost: usdPerHourAtRest === null ? "$? an hour" : `$${usdPerHourAtRest.toFixed(2)} an hour`,
    })),
    ...own
      .filter(({ usdPerMonth }) => usdPerMonth > 0 || !isUsed)
      .map(({ kind, id, name, usdPerMonth }) => ({
        kind,
        id,
        name,
        cost: usdPerMonth > 0 ? `$${usdPerMonth.toFixed(2)} a month` : "costs nothing",
      })),
  ];
}

/**
 * Offers to delete things, and deletes them after a yes; without a terminal it only says how.
 *
 * @param {{
 *   things: readonly Deletable[],
 *   isConfirmed: boolean,
 *   remove: (thing: Deletable) => Promise<void>,
 *   input?: NodeJS.ReadableStream & { isTTY?: boolean },
 *   output?: NodeJS.WritableStream,
 * }} options `isConfirmed`: `--yes` was given
 * @throws LauncherError where something is still there; what can be deleted is deleted first.
 */
export async function offerDeletion({
  things,
  isConfirmed,
  remove,
  input = process.stdin,
  output = process.stdout,
}) {
  if (things.length === 0) return;
  const list = things.map(({ kind, id, name, cost }) => `  ${kind} ${id} (${name}): ${cost}`).join("\n");
  output.write(`\nThis workbook made these, and they cost money or merely lie about:\n${list}\n`);
  if (!isConfirmed && input.isTTY !== true) {
    output.write("Run `npm run pods -- --yes` to delete them, for good.\n");
    return;
  }
  if (!isConfirmed && !(await asksYes({ input, output }))) {
    output.write("Nothing was deleted.\n");
    return;
  }
  const left = [];
  for (const thing of things) {
    const name = `${thing.kind} ${thing.id}`;
    try {
      await remove(thing);
      output.write(`Deleted the ${name}; it is gone.\n`);
    } catch (error) {
      // One that resists must not save the others.
      left.push(name);
      output.write(`The ${name} could not be deleted: ${error}\n`);
    }
  }
  if (left.length === 0) return;
  throw new LauncherError(
    `${left.length} of ${things.length} ${left.length === 1 ? "is" : "are"} still there: ${left.join(", ")}.\n` +
      "Run `npm run pods` again, or look at https://console.runpod.io.",
  );
}

/** @param {{ input: NodeJS.ReadableStream, output: NodeJS.WritableStream }} terminal */
async function asksYes({ input, output }) {
  const terminal = createInterface({ input, output });
  const answer = await terminal.question("Delete them, for good? [yes/no] ").finally(() => terminal.close());
  return answer.trim().toLowerCase() === "yes";
}
