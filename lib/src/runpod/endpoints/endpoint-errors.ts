import { CreateRentalError, NotReadyError, type NotReadyErrorOptions } from "../rental/rental-errors.ts";

/** No endpoint came about, or none was kept; the message says why. */
export class CreateEndpointError extends CreateRentalError {
  override name = "CreateEndpointError";
}

/** An endpoint did not become ready, or nobody waited for it any longer; unless it is gone, it can still cost money. */
export class EndpointNotReadyError extends NotReadyError {
  override name = "EndpointNotReadyError";
  readonly endpointId: string;

  constructor(message: string, options: NotReadyErrorOptions) {
    super(message, options);
    this.endpointId = options.id;
  }
}
