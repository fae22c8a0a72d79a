/** Longer than any bound of ours, so that not Node's own five minutes decide how long a queue or a thought may take. */
const patienceMs = 15 * 60_000;

type Dispatcher = NonNullable<RequestInit["dispatcher"]>;

/** Where Node keeps what its `fetch` sends requests with, also one that somebody set, such as for a proxy. */
const globalDispatcher = Symbol.for("undici.globalDispatcher.1");

/** Node's own way of sending requests, with more patience; nothing where this version of Node keeps it elsewhere. */
export function patiently(): Pick<RequestInit, "dispatcher"> {
  // Node makes it when fetch is first called or one of its classes is used.
  void Response;
  const own: unknown = Reflect.get(globalThis, globalDispatcher);
  if (!isDispatcher(own)) return {};
  const limits = { headersTimeout: patienceMs, bodyTimeout: patienceMs };
  const dispatch: Dispatcher["dispatch"] = (options, handler) =>
    own.dispatch({ ...options, ...limits }, handler);
  return { dispatcher: Object.create(own, { dispatch: { value: dispatch } }) };
}

function isDispatcher(value: unknown): value is Dispatcher {
  return typeof value === "object" && value !== null && "dispatch" in value;
}
