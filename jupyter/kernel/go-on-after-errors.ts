type Execute<Answer> = (request: ExecuteRequest, ...writers: unknown[]) => Promise<Answer>;

interface ExecuteRequest {
  /** Whether an error of this cell keeps those from running that are queued behind it. */
  stop_on_error?: boolean;
}

/** What this file uses of tslab's `JupyterHandlerImpl`. */
export interface ExecuteHandler {
  handleExecute: Execute<object>;
  handleExecuteImpl: Execute<unknown>;
}

/**
 * tslab runs no cell within 200 ms of an error. Who asks that an error stop nothing, as `nbconvert --allow-errors` does and
 * Lab for cells with the tag `raises-exception`, would have cells left out without a word.
 */
export function goOnAfterErrors({ prototype }: { prototype: ExecuteHandler }): void {
  const { handleExecute, handleExecuteImpl } = prototype;
  const failed = new WeakSet<ExecuteRequest>();
  prototype.handleExecuteImpl = async function (request, ...writers) {
    try {
      return await handleExecuteImpl.call(this, request, ...writers);
    } catch (executionCount) {
      if (request.stop_on_error !== false) throw executionCount;
      failed.add(request);
      return executionCount;
    }
  };
  prototype.handleExecute = async function (request, ...writers) {
    const reply = await handleExecute.call(this, request, ...writers);
    return failed.has(request) ? { ...reply, status: "error" } : reply;
  };
}
