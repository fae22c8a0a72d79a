// What `npm run pods` offers to delete: only what this workbook made, and only after a yes.

import type { Readable, Writable } from "node:stream";
import { isCancel, text } from "@clack/prompts";
import type { Leftover, ListedEndpoint, ListedPod } from "workbook";
import { cleanName, sayIfSimulated, stripControlCharacters } from "workbook/words";
import { LauncherError } from "../../set-up/launcher-error.mjs";

interface Terminal {
  input: Readable & { isTTY?: boolean };
  output: Writable;
}

export interface Deletable {
  kind: "endpoint" | Leftover["kind"];
  id: string;
  name: string;
  cost: string;
}

/** Finds what may go: own endpoints that cost at rest or are unwanted, volumes, and what nothing of ours can use any more. */
export function findDeletable(found: {
  pods: readonly ListedPod[];
  endpoints: readonly ListedEndpoint[];
  leftovers: readonly Leftover[];
}): Deletable[] {
  const { pods, endpoints, leftovers } = found;
  const ownEndpoints = endpoints.filter(({ owner }) => owner === "this workbook");
  const going = ownEndpoints.filter(({ minWorkers, isWanted }) => minWorkers > 0 || !isWanted);
  const isUsed = pods.some(({ owner }) => owner === "this workbook") || ownEndpoints.length > going.length;
  return [
    ...going.map(({ id, name, usdPerHourAtRest, isSimulated }) => ({
      kind: "endpoint" as const,
      id,
      name,
      cost: `$${usdPerHourAtRest?.toFixed(2) ?? "?"} an hour${sayIfSimulated(isSimulated)}`,
    })),
    ...leftovers
      .filter(({ isOurs, usdPerMonth }) => isOurs && (usdPerMonth > 0 || !isUsed))
      .map(({ kind, id, name, usdPerMonth, isSimulated }) => ({
        kind,
        id,
        name,
        cost:
          usdPerMonth > 0
            ? `$${usdPerMonth.toFixed(2)} a month${sayIfSimulated(isSimulated)}`
            : "costs nothing",
      })),
  ];
}

/** Asks on a terminal, and tells whether the answer is a whole `yes`; on Ctrl-C it is not. */
export async function asksYes(question: string, terminal: Terminal): Promise<boolean> {
  const answer = await text({ message: `${question} [yes/no]`, ...terminal });
  return !isCancel(answer) && answer.trim().toLowerCase() === "yes";
}

/** Deletes things after a yes; without a terminal it only says how. A LauncherError names what is still there. */
export async function offerDeletion(offer: {
  things: readonly Deletable[];
  /** `--yes` was given. */
  isConfirmed: boolean;
  remove: (thing: Deletable) => Promise<void>;
  terminal?: Terminal;
}): Promise<void> {
  const { things, isConfirmed, remove, terminal = { input: process.stdin, output: process.stdout } } = offer;
  const { input, output } = terminal;
  if (things.length === 0) return;
  const list = things
    .map(({ kind, id, name, cost }) => `  ${kind} ${cleanName(id)} (${cleanName(name)}): ${cost}`)
    .join("\n");
  output.write(`\nThis workbook made these. They cost money or are left over:\n${list}\n`);
  if (!isConfirmed && !input.isTTY) {
    output.write("Run `npm run pods -- --yes` to delete them, for good.\n");
    return;
  }
  if (!isConfirmed && !(await asksYes("Delete them, for good?", terminal))) {
    output.write("Nothing was deleted.\n");
    return;
  }
  const left = [];
  for (const thing of things) {
    const name = `${thing.kind} ${cleanName(thing.id)}`;
    try {
      await remove(thing);
      output.write(`Deleted the ${name}; it is gone.\n`);
    } catch (error) {
      // If one cannot be deleted, still delete the others.
      left.push(name);
      output.write(`The ${name} could not be deleted: ${stripControlCharacters(String(error))}\n`);
    }
  }
  if (left.length === 0) return;
  throw new LauncherError(
    `${left.length} of ${things.length} ${left.length === 1 ? "is" : "are"} still there: ${left.join(", ")}.\n` +
      "Run `npm run pods` again, or look at https://console.runpod.io.",
  );
}
