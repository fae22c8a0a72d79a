// What an error of the file system means in words. Plain JavaScript, since set-up needs it before anything is built.

/** @type {Readonly<Record<string, readonly [problem: string, remedy: string]>>} */
const known = {
  ENOSPC: ["the disk is full", "Make room there, then run the same again."],
  EDQUOT: ["the disk quota of this user is used up", "Make room there, then run the same again."],
  EFBIG: [
    "a file would be larger than this user may write",
    "Raise the limit (ulimit -f), then run the same again.",
  ],
  EROFS: [
    "it lies on a disk that can only be read",
    "Use a copy of the project in a folder that can be written; WORKBOOK_STATE names another state folder.",
  ],
  EACCES: [
    "this user may not write there",
    "Look at the owner and the rights of that file and of its folder.",
  ],
  EPERM: ["this user may not change it", "Look at the owner and the rights of that file and of its folder."],
  ENOENT: [
    "a part of this path is not there, or is a link to nothing",
    "Make that folder or mount its disk, or use another folder.",
  ],
  ENOTDIR: ["a part of this path is a file and no folder", "Rename that file, or use another folder."],
  EISDIR: ["it is a folder where a file belongs", "Rename that folder, then run the same again."],
  EEXIST: ["a file is in the way", "Rename that file, then run the same again."],
  ENOTEMPTY: ["another program writes to this folder", "End that program, then run the same again."],
  ENAMETOOLONG: ["the path is too long", "Use a folder with a shorter path."],
  EMFILE: ["too many files are open", "Raise the limit (ulimit -n), then run the same again."],
  EIO: ["the disk reports a fault", "Check the disk, then run the same again."],
};

// A program that cannot be started, or a port that cannot be opened, fails with the same codes.
const calls =
  /^(open|write|close|fsync|ftruncate|mkdir|rmdir|scandir|link|symlink|unlink|rm|rename|copyfile|cp|chmod|stat|lstat)$/;

/**
 * Says which file could not be used, why, and what to do; `null` for what is no error of the file system.
 * @param {unknown} error
 * @returns {{ problem: string, remedy: string } | null}
 */
export function describeFileProblem(error) {
  if (!(error instanceof Error)) return null;
  const [code, call, path, dest] = ["code", "syscall", "path", "dest"].map((name) =>
    String(Reflect.get(error, name) ?? ""),
  );
  // Node's own checks beforehand say ERR_FS_EISDIR.
  const cause = code?.replace(/^ERR_FS_/, "");
  if (cause === undefined || !Object.hasOwn(known, cause) || !calls.test(call ?? "")) return null;
  const [reason = "", remedy = ""] = known[cause] ?? [];
  // A link or a rename fails for the sake of where it leads.
  return {
    problem: `${dest || path || "A file"} could not be opened or written: ${reason} (${cause}).`,
    remedy,
  };
}
