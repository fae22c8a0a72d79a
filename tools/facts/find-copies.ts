import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** What an address says, as far as a folder of copies has it; `missing` says why not. */
export type SourceText = { text: string; isNewer: boolean } | { missing: string };

const address =
  /^https:\/\/github\.com\/(?<owner>[^/]+)\/(?<name>[^/]+)\/(?<kind>blob|tree)\/(?<version>\w[^/]*)(?:\/(?<path>.*))?$/;
const largestBytes = 100_000_000;

/**
 * Returns a reader of GitHub addresses from copies of repositories, without any network: checkouts, bare mirrors, or plain
 * folders, named `owner/name`, `owner+name` or `name` (with `.git` too), or lying in a folder of that name.
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

function readAddress(folder: string, source: string): SourceText {
  const url = URL.parse(source);
  // Lines and other views of a file are of the same file.
  const {
    owner = "",
    name = "",
    kind,
    version = "",
    path = "",
  } = address.exec(`${url?.origin}${url?.pathname}`)?.groups ?? {};
  if (kind === undefined) return { missing: `${url?.host || "no address"}: no file of a repository` };
  const file = decode(path);
  const repository = `${owner}/${name}`;
  const places = [join(owner, name), `${owner}+${name}`, name]
    .flatMap((place) => [join(folder, place), join(folder, `${place}.git`)])
    .flatMap((place) => [place, ...listFolders(place)])
    .filter(isFolder);
  const copy = places.find(isGit) ?? places.find((place) => existsSync(join(place, file)));
  if (copy === undefined) return { missing: `no copy of ${repository}` };
  if (!isGit(copy)) return readPlain(join(copy, file), `${repository}: ${file}`);
  for (const commit of [version, "HEAD"]) {
    const text = readGit(copy, { commit, file, kind });
    if (text !== null) return { text, isNewer: commit !== version };
  }
  return { missing: `${repository} has no ${file} any more` };
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function isFolder(place: string): boolean {
  return statSync(place, { throwIfNoEntry: false })?.isDirectory() === true;
}

function listFolders(place: string): string[] {
  if (!isFolder(place) || isGit(place)) return [];
  return readdirSync(place)
    .map((entry) => join(place, entry))
    .filter(isFolder);
}

/** A folder inside of another checkout is none itself. */
function isGit(place: string): boolean {
  return (
    existsSync(join(place, ".git")) || (existsSync(join(place, "HEAD")) && isFolder(join(place, "objects")))
  );
}

function readPlain(place: string, name: string): SourceText {
  const files = isFolder(place)
    ? readdirSync(place, { recursive: true, encoding: "utf8" }).map((file) => join(place, file))
    : [place];
  const sizes = files.flatMap((file) => {
    const found = statSync(file, { throwIfNoEntry: false });
    return found?.isFile() === true ? [{ file, bytes: found.size }] : [];
  });
  if (sizes.reduce((sum, { bytes }) => sum + bytes, 0) > largestBytes)
    return { missing: `${name} is too large` };
  return { text: sizes.map(({ file }) => readFileSync(file, "utf8")).join("\n"), isNewer: true };
}

function readGit(copy: string, wanted: { commit: string; file: string; kind: string }): string | null {
  const { commit, file, kind } = wanted;
  const shown =
    kind === "blob"
      ? ["show", `${commit}:${file}`]
      : ["grep", "-I", "-h", "-e", "", commit, ...(file === "" ? [] : ["--", file])];
  try {
    // A mirror may be somebody else's, and lack files that git would load from its host.
    return execFileSync("git", ["-c", "safe.directory=*", "-C", copy, ...shown], {
      encoding: "utf8",
      env: { ...process.env, GIT_NO_LAZY_FETCH: "1" },
      maxBuffer: largestBytes,
      stdio: ["ignore", "pipe", "ignore"],
    });
  } catch {
    return null;
  }
}
