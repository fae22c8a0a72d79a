import { loadSettings } from "workbook";
import { LauncherError } from "./launcher-error.mjs";

/** Refuses a target that has no account: with an endpoint of somebody else's there are no pods to look at. */
export function refuseGiven() {
  if (loadSettings().target !== "given") return;
  throw new LauncherError(
    "WORKBOOK_TARGET is given: the endpoint is somebody else's, and so are its pods.\n" +
      "Set WORKBOOK_TARGET=runpod to look at your own account.",
  );
}
