import { loadSettings, openEndpoint } from "workbook";
import { identifyProcess } from "workbook/files";
import { leaveRehearsal } from "workbook-rehearsal";
import { beforeEnd, unlessEnding } from "../set-up/child-processes.mjs";

/** Runs work beside the rehearsal, where that is the target; after it, also on Ctrl-C, it ends unless others use it. */
export async function withRehearsal<Result>(work: () => Promise<Result>): Promise<Result> {
  const { target, stateFolder } = loadSettings();
  if (target !== "rehearsal") return work();
  // Whatever this command starts belongs to it: once it ends, none of it starts another rehearsal.
  process.env["WORKBOOK_COMMAND"] = JSON.stringify(identifyProcess());
  const opening = openEndpoint();
  const leave = () => leaveRehearsal({ stateFolder });
  const forget = beforeEnd(leave);
  try {
    await opening;
    await unlessEnding();
    return await work();
  } finally {
    await unlessEnding();
    forget();
    await leave();
  }
}
