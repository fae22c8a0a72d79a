/**
 * Makes concurrent streams ask for their next token together, so that the model engine batches them all.
 *
 * Without it node-llama-cpp starts a batch before the last stream has asked for its next token: two streams never
 * share a batch, and its loop never gives up the context lock that a newly arriving request needs. The barrier holds
 * every stream back until no step is in flight, and then lets all waiting ones go at once.
 */
export function createStepBarrier(): <Result>(next: () => Promise<Result>) => Promise<Result> {
  let inFlight = 0;
  let isReleaseScheduled = false;
  let waiting: (() => void)[] = [];

  const release = () => {
    isReleaseScheduled = false;
    const released = waiting;
    waiting = [];
    inFlight += released.length;
    for (const go of released) go();
  };
  const scheduleRelease = () => {
    if (isReleaseScheduled || inFlight > 0 || waiting.length === 0) return;
    isReleaseScheduled = true;
    setImmediate(release);
  };

  return async (next) => {
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      scheduleRelease();
    });
    try {
      return await next();
    } finally {
      inFlight--;
      scheduleRelease();
    }
  };
}
