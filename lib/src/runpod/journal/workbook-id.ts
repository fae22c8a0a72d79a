import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { WorkbookError } from "../../errors.ts";

/**
 * The id of this checkout, ten hexadecimal digits, by which its pods are told from those of other workbooks.
 *
 * It is kept in the state folder. Where that is lost, the same id comes out again, as it is derived from the machine,
 * the user and the checkout's folder: so pods are found again, and two checkouts never share one.
 *
 * @throws WorkbookError where the state folder cannot be written.
 */
export function readWorkbookId(options: { stateFolder: string; projectRoot: string }): string {
  const path = join(options.stateFolder, "workbook-id");
  const kept = readText(path)?.trim() ?? "";
  if (/^[0-9a-f]{10}$/.test(kept)) return kept;
  const id = deriveId(options);
  try {
    mkdirSync(options.stateFolder, { recursive: true });
    writeFileSync(path, `${id}\n`);
  } catch (cause) {
    throw new WorkbookError(`The state folder ${options.stateFolder} cannot be written.`, {
      remedy: "Give it write permission or free space, or set WORKBOOK_STATE to another folder.",
      cause,
    });
  }
  return id;
}

function deriveId({ stateFolder, projectRoot }: { stateFolder: string; projectRoot: string }): string {
  const folder = statSync(projectRoot, { bigint: true });
  const parts = [
    readText("/etc/machine-id"),
    hostname(),
    userInfo().uid,
    stateFolder,
    // Two containers from one image may agree in all of the above; their folders were made at different times.
    folder.ino,
    folder.birthtimeNs,
  ];
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 10);
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
