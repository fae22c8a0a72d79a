import { WorkbookError } from "../../errors.ts";

/** No endpoint came about, or none was kept; the message says why. */
export class CreateEndpointError extends WorkbookError {
  override name = "CreateEndpointError";
}
