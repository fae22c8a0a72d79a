import { loadSettings, openEndpoint } from "workbook";
import { endRehearsal, findRehearsal } from "workbook/dist/rehearsal/index.js";
import { beforeEnd } from "./child-processes.mjs";

/**
 * Runs some work with the target's endpoint; a rehearsal that was started for it is ended after it, also on Ctrl-C.
 *
 * @template Result
 * @param {(endpoint: import("workbook").Endpoint) => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function withEndpoint(work) {
  const { target, stateFolder } = loadSettings();
  const isOurs = target === "rehearsal" && (await findRehearsal(stateFolder)) === null;
  const opening = openEndpoint();
  const end = async () => {
    // One that is just starting can be ended only once it is there.
    await opening.catch(() => {});
    if (isOurs) await endRehearsal({ stateFolder });
  };
  const forget = beforeEnd(end);
  try {
    return await work(await opening);
  } finally {
    forget();
    await end();
  }
}
