import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** What an address says, as far as a folder of copies has it; `missing` says why not. */
export type SourceText = { text: string; isNewer: boolean } | { missing: string };

const address =
  /^https:\/\/github\.com\/(?<owner>[^/]+)\/(?<name>[^/]+)\/(?<kind>blob|tree)\/(?<version>[^/]+)(?:\/(?<path>.*))?$/;
const largestBytes = 100_000_000;

/**
 * Returns a reader of GitHub addresses from copies of repositories, without any network: checkouts, bare mirrors, or plain
 * folders, named `owner/name`, `owner+name` or `name`, or lying in a folder of that name.
 *
 * Where a copy lacks the commit of an address, its newest one is read instead. A folder's text is that of all its files.
 */
export function openCopies(folder: string): (url: string) => SourceText {
  const known = new Map<string, SourceText>();
  return (url) => {
    const text = known.get(url) ?? readAddress(folder, url);
    known.set(url, text);
    return text;
  };
}

function readAddress(folder: string, url: string): SourceText {
  const { owner = "", name = "", kind, version = "", path = "" } = address.exec(url)?.groups ?? {};
  if (kind === undefined) return { missing: `${new URL(url).host}: no file of a repository` };
  const copy = [join(owner, name), `${owner}+${name}`, name]
    .map((place) => join(folder, place))
    .flatMap((place) => [place, ...listFolders(place)])
    .find((place) => existsSync(place) && (isGit(place) || (path !== "" && existsSync(join(place, path)))));
  if (copy === undefined) return { missing: `no copy of ${owner}/${name}` };
  const file = decodeURIComponent(path);
  if (!isGit(copy)) return readPlain(join(copy, file), `${owner}/${name} has no ${file}`);
  for (const commit of [version, "HEAD"]) {
    const text = readGit(copy, { commit, file, kind });
    if (text !== null) return { text, isNewer: commit !== version };
  }
  return { missing: `${owner}/${name} has no ${file} any more` };
}

function listFolders(place: string): string[] {
  if (!existsSync(place) || isGit(place)) return [];
  const entries = readdirSync(place, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(place, entry.name));
}

/** A folder inside of another checkout is none itself. */
function isGit(place: string): boolean {
  return existsSync(join(place, ".git")) || existsSync(join(place, "HEAD"));
}

function readPlain(file: string, missing: string): SourceText {
  const isFile = existsSync(file) && statSync(file).isFile();
  return isFile ? { text: readFileSync(file, "utf8"), isNewer: true } : { missing };
}

function readGit(copy: string, wanted: { commit: string; file: string; kind: string }): string | null {
  const { commit, file, kind } = wanted;
  const shown =
    kind === "blob"
      ? ["show", `${commit}:${file}`]
      : ["grep", "-I", "-h", "-e", "", commit, ...(file === "" ? [] : ["--", file])];
  try {
    return execFileSync("git", ["-C", copy, ...shown], {
      encoding: "utf8",
      maxBuffer: largestBytes,
      stdio: ["ignore", "pipe", "ignore"],
    });
  } catch {
    return null;
  }
}
