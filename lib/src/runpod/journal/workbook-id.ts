import { createHash } from "node:crypto";
import { readFileSync, statfsSync, statSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { WorkbookError } from "../../errors.ts";
import { makeStateFolder, writeStateFile } from "../../files/index.ts";
import { parseJson } from "../../words/index.ts";

const placeSchema = z.object({
  /** A hash of the machine's own id; `null` where it has none, as in many containers. */
  machine: z.string().nullable(),
  /** The host's name, where folders of two containers from one image cannot be told apart; else `null`. */
  host: z.string().nullable(),
  /** The state folder's number and birth, which a move keeps and a copy does not. */
  folder: z.string(),
});
type Place = z.output<typeof placeSchema>;

const keptSchema = z.object({ id: z.string().regex(/^[0-9a-f]{10}$/), place: placeSchema });

/** What `statfs` says of the file systems of containers and of folders that another program serves. */
const [overlayType, fuseType] = [0x794c7630, 0x65735546];

/**
 * The id of this checkout, ten hexadecimal digits, by which its pods are told from those of other workbooks.
 *
 * It is kept in the state folder together with that folder's place. A checkout that was moved or renamed keeps it; a
 * copy, a backup that was restored elsewhere, and a second container from one image get an id of their own, and what
 * the original has rented is a stranger's to them: it shows in lists, and ends at its deadline or where it was rented.
 * So a pod that ran when its checkout was lost is not this workbook's after a restore: its timer and its watchdog end
 * it at its deadline, Runpod's console before that. Where only the state folder is lost the same id comes out again, as
 * it is derived from the machine, the user and the checkout's folder.
 *
 * @throws WorkbookError where the state folder cannot be written.
 */
export function readWorkbookId(options: { stateFolder: string; projectRoot: string }): string {
  const { stateFolder } = options;
  const path = join(stateFolder, "workbook-id");
  try {
    makeStateFolder(stateFolder);
    const place = findPlace(stateFolder);
    const kept = keptSchema.safeParse(parseJson(readText(path) ?? "")).data;
    if (kept !== undefined && isSamePlace(kept.place, place)) return kept.id;
    const id = deriveId(options);
    writeStateFile(path, `${JSON.stringify({ id, place } satisfies z.output<typeof keptSchema>)}\n`);
    return id;
  } catch (cause) {
    throw new WorkbookError(`The state folder ${stateFolder} cannot be written.`, {
      remedy: "Give it write permission or free space, or set WORKBOOK_STATE to another folder.",
      cause,
    });
  }
}

/** The number of the device is left out: after a restart it may be another one. */
function findPlace(stateFolder: string): Place {
  const { ino, birthtimeNs } = statSync(stateFolder, { bigint: true });
  const machineId = readText("/etc/machine-id")?.trim() ?? "";
  const { type } = statfsSync(stateFolder);
  return {
    machine: machineId === "" ? null : hashOf(["workbook", machineId]),
    host: type === overlayType ? hostname() : null,
    // A folder that another program serves may have another number each time.
    folder: type === fuseType ? stateFolder : `${ino}:${birthtimeNs}`,
  };
}

function isSamePlace(one: Place, other: Place): boolean {
  // A container may see the folder of a machine whose id it does not know.
  const mayBeSame = one.machine === null || other.machine === null || one.machine === other.machine;
  return mayBeSame && one.host === other.host && one.folder === other.folder;
}

function deriveId({ stateFolder, projectRoot }: { stateFolder: string; projectRoot: string }): string {
  const folder = statSync(projectRoot, { bigint: true });
  return hashOf([
    readText("/etc/machine-id"),
    hostname(),
    userInfo().uid,
    stateFolder,
    // Two containers from one image may agree in all of the above; their folders were made at different times.
    folder.ino,
    folder.birthtimeNs,
  ]);
}

function hashOf(parts: readonly unknown[]): string {
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 10);
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
