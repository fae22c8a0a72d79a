/** The server under test, and how to reach it; one object for all checks of a server. */
export interface ConformanceContext {
  /** Root of the server, without `/v1` and without a slash at the end. */
  url: string;
  apiKey: string;
  /** The model id that it serves. */
  model: string;
  fetch: typeof fetch;
}

/** One behaviour of vLLM. */
export interface Check {
  name: string;
  /** Whether the engine can break it: it is also run on the rehearsal's model, unless that model's own tests ask the same. */
  dependsOnEngine?: true;
  /** Says why this check does not apply to the server, such as "it was started without …"; `null`: it does. */
  lacks?(context: ConformanceContext): Promise<string | null>;
  /** Throws where the server behaves otherwise; expects nobody else to use the server meanwhile. */
  run(context: ConformanceContext): Promise<void>;
}

/** Makes a reader that asks each server once and remembers its answer. */
export function askOnce<Result>(
  ask: (context: ConformanceContext) => Promise<Result>,
): (context: ConformanceContext) => Promise<Result> {
  const answers = new WeakMap<ConformanceContext, Promise<Result>>();
  return (context) => {
    const answer = answers.get(context) ?? ask(context);
    answers.set(context, answer);
    return answer;
  };
}

/** Takes the root of a server from a URL with or without `/v1` or slashes at its end. */
export function serverRoot(url: string): string {
  return url.replace(/\/+$/, "").replace(/\/v1$/, "");
}
