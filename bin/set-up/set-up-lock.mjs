// Two commands that set up one checkout at the same time would write over each other.

import { setTimeout as delay } from "node:timers/promises";
import { releaseLock, takeLock } from "../../lib/src/files/file-lock.mjs";
import { identifyProcess } from "../../lib/src/files/process-identity.mjs";
import { beforeEnd, unlessEnding } from "./child-processes.mjs";
import { inProject } from "./project.mjs";
import { startGuard } from "./start-guard.mjs";

const file = inProject(".workbook/set-up.lock");
const lookAgainMs = 100;

/**
 * The lock of this checkout's set-up. The guard holds it: where the launcher is killed, the next one waits until npm and
 * pip have ended too.
 * @param {import("./progress.mjs").Progress} progress
 */
export function createSetUpLock(progress) {
  /** @type {Promise<void> | undefined} */
  let taking;
  let release = () => {};

  const take = async () => {
    const holder = identifyProcess(startGuard().pid) ?? undefined;
    for (let isFirst = true; takeLock(file, holder) !== null; isFirst = false) {
      if (isFirst) progress.say("Another command is setting up this checkout: waiting for it.");
      await delay(lookAgainMs);
      await unlessEnding();
    }
    const forget = beforeEnd(() => releaseLock(file, holder));
    release = () => {
      forget();
      releaseLock(file, holder);
    };
  };
  return { take: () => (taking ??= take()), release: () => release() };
}
