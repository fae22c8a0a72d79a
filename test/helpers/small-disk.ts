import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { makeFolder } from "./environment.ts";

/** A disk that a test can fill, empty and lock. */
export interface SmallDisk {
  folder: string;
  fill(): void;
  empty(): void;
  lock(): void;
}

/** Mounts a disk of 2 MB that is gone with the test; `null`, and the test is skipped, where this user may not. */
export function mountSmallDisk(t: TestContext): SmallDisk | null {
  // Hooks run in the order in which they are made: the disk goes before the folder that it is in.
  let isMounted = false;
  let folder = "";
  t.after(() => isMounted && execFileSync("umount", ["--lazy", folder]));
  folder = join(makeFolder(t), "disk");
  mkdirSync(folder);
  const mount = (options: string) =>
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder], { stdio: "ignore" });
  try {
    if (process.platform !== "linux") throw new Error("tmpfs is Linux's");
    mount("size=2m");
    isMounted = true;
  } catch {
    t.skip("this user may not mount a small disk");
    return null;
  }
  const filler = join(folder, "filler");
  return {
    folder,
    fill() {
      try {
        for (let count = 0; ; count += 1) writeFileSync(`${filler}-${count}`, " ".repeat(4_096));
      } catch {
        // It is full now.
      }
    },
    empty() {
      for (let count = 0; count < 600; count += 1) rmSync(`${filler}-${count}`, { force: true });
    },
    lock: () => mount("remount,ro"),
  };
}
