import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { InputError, WorkbookError } from "../errors.ts";
import { describeFileProblem, writeStateFile } from "../files/index.ts";

/**
 * Writes a file that only its owner may read, or nothing: never where git could take it up, and never over a file that
 * is not one of its kind.
 *
 * @throws InputError for such a path, WorkbookError where it cannot be written or the disk lets others read it.
 */
export function writePrivateFile(
  path: string,
  options: {
    text: string;
    isOwn(text: string): boolean;
    /** Reads a file's rights; default: the disk's. */
    readMode?: (path: string) => number;
  },
): void {
  const { text, isOwn, readMode = (file) => statSync(file).mode } = options;
  refuseInsideGit(path);
  refuseOther(path, isOwn);
  try {
    writeStateFile(path, text);
  } catch (cause) {
    const found = describeFileProblem(cause);
    throw new WorkbookError(`The file ${path} cannot be written. ${found?.problem ?? ""}`.trim(), {
      remedy: `${found?.remedy ?? ""} Or give handOver another path.`.trim(),
      cause,
    });
  }
  if ((readMode(path) & 0o077) === 0) return;
  rmSync(path, { force: true });
  throw new WorkbookError(
    `The disk of ${path} does not keep file permissions, so others could read the key: the file was removed again.`,
    { remedy: "Give handOver a path on another disk, such as a folder of your home." },
  );
}

function refuseOther(path: string, isOwn: (text: string) => boolean): void {
  if (!existsSync(path)) return;
  let isReplaceable = false;
  try {
    // Reading a pipe or a device might never end.
    isReplaceable = statSync(path).isFile() && isOwn(readFileSync(path, "utf8"));
  } catch {
    // What cannot be read is something else's.
  }
  if (isReplaceable) return;
  throw new InputError(`handOver: ${path} is there already and was not written by handOver.`, {
    remedy: "Give another path, or move that file away.",
    field: "path",
  });
}

function refuseInsideGit(path: string): void {
  const folder = realFolder(dirname(path));
  if (!isInCheckout(folder) || isIgnored(join(folder, basename(path)), folder)) return;
  throw new InputError(
    `handOver: ${path} is in a git checkout that does not ignore it, and it would hold a key.`,
    {
      remedy: "Leave path out, or give one outside of the checkout or in its .gitignore.",
      field: "path",
    },
  );
}

/** The nearest folder upwards that exists, where links lead to. */
function realFolder(folder: string): string {
  if (existsSync(folder)) return realpathSync(folder);
  return dirname(folder) === folder ? folder : join(realFolder(dirname(folder)), basename(folder));
}

function isInCheckout(folder: string): boolean {
  if (existsSync(join(folder, ".git"))) return true;
  return dirname(folder) !== folder && isInCheckout(dirname(folder));
}

/** Whether git says that it ignores a path; where git cannot be asked it counts as not ignored. */
function isIgnored(path: string, folder: string): boolean {
  const from = existsSync(folder) ? folder : dirname(folder);
  if (!existsSync(from)) return isIgnored(path, from);
  try {
    execFileSync("git", ["check-ignore", "--quiet", "--", path], { cwd: from, stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
