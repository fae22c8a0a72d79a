import { loadSettings, openEndpoint } from "workbook";
import { endRehearsal, findRehearsal } from "workbook-rehearsal";
import { beforeEnd } from "../set-up/child-processes.mjs";

/** Runs work beside the rehearsal, where that is the target; one started for it ends after it, also on Ctrl-C. */
export async function withRehearsal<Result>(work: () => Promise<Result>): Promise<Result> {
  const { target, stateFolder } = loadSettings();
  if (target !== "rehearsal") return work();
  const isOurs = (await findRehearsal(stateFolder)) === null;
  const opening = openEndpoint();
  const end = async () => {
    // One that is just starting can be ended only once it is there.
    await opening.catch(() => {});
    if (isOurs) await endRehearsal({ stateFolder });
  };
  const forget = beforeEnd(end);
  try {
    await opening;
    return await work();
  } finally {
    forget();
    await end();
  }
}
