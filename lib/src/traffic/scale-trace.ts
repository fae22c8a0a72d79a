import { InputError } from "../errors.ts";
import { requireNumber } from "../require-number.ts";
import { seededRandom } from "../seeded-random.ts";
import { checkTrace } from "./check-trace.ts";
import { mostRequests, pickLengths, sortByArrival, type Trace } from "./trace.ts";

/** How a trace is made larger or smaller; each factor is 1 by default. */
export interface TraceScale {
  /** So many times as many requests in the same time. */
  requests?: number;
  /** So many times as long prompts, and answers. */
  inputTokens?: number;
  outputTokens?: number;
  /** Another one chooses other requests; default 1. */
  seed?: number;
}

// Copies move by up to so much: far enough not to come at the same moment, too little to flatten a busy minute.
const mostShiftSeconds = 60;

/**
 * Scales a trace: more or fewer requests in the same time, with longer or shorter texts; the result is synthetic.
 *
 * Fewer requests are a random choice; more are all of them, copied and moved by up to a minute. Exactly
 * round(requests × factor) remain, at least one; lengths are rounded to whole tokens, the cached ones as the input. The same seed gives the same trace.
 *
 * @throws InputError that names a factor that is not above 0, or a result of over 100 million requests.
 */
export function scaleTrace(trace: Trace, scale: TraceScale): Trace {
  const { requests = 1, inputTokens = 1, outputTokens = 1, seed = 1 } = scale;
  const factors = { requests, inputTokens, outputTokens };
  requireNumber("scaleTrace", factors, { above: 0, meaning: "a factor" });
  checkTrace(trace, "scaleTrace");
  const { columns, indices } = copyRequests(trace, { factor: requests, chance: seededRandom(seed) });
  const picked = pickLengths(trace, indices);
  const lengths = (values: Float64Array, times: number) => values.map((tokens) => Math.round(tokens * times));
  const sorted = sortByArrival({
    arrivalSeconds: columns,
    inputTokens: lengths(picked.inputTokens, inputTokens),
    outputTokens: lengths(picked.outputTokens, outputTokens),
    ...(picked.cachedInputTokens && { cachedInputTokens: lengths(picked.cachedInputTokens, inputTokens) }),
  });
  const described = Object.entries(factors)
    .filter(([, value]) => value !== 1)
    .map(([name, value]) => `${name.replace("Tokens", " tokens")} × ${value}`)
    .join(", ");
  if (described === "") return trace;
  const { outOfOrder: _, ...arrays } = sorted;
  return {
    ...trace,
    ...arrays,
    name: `${trace.name}, ${described}`,
    kind: "synthetic",
    notes: [...trace.notes, `Synthetic: scaled from ${trace.name} (${described}).`],
  };
}

function copyRequests(
  { arrivalSeconds, spanSeconds }: Trace,
  { factor, chance }: { factor: number; chance: () => number },
): { columns: Float64Array; indices: Uint32Array } {
  const requests = arrivalSeconds.length;
  const total = Math.max(1, Math.round(requests * factor));
  if (total > mostRequests) {
    throw new InputError(`scaleTrace: ${requests} requests × ${factor} are more than 100 million.`, {
      remedy: "Take a smaller factor; a larger load costs in proportion.",
    });
  }
  const columns = new Float64Array(total);
  const indices = new Uint32Array(total);
  const copies = Math.floor(total / requests);
  let missing = total - copies * requests;
  let written = 0;
  for (let index = 0; index < requests; index++) {
    const arrival = arrivalSeconds[index] ?? 0;
    // Chooses exactly as many as are missing, each request with the same chance (Knuth's selection sampling).
    const isChosen = chance() * (requests - index) < missing;
    if (isChosen) missing--;
    for (let copy = 0; copy < copies + (isChosen ? 1 : 0); copy++) {
      const shift = copy === 0 ? 0 : (2 * chance() - 1) * mostShiftSeconds;
      columns[written] = reflect(arrival + shift, spanSeconds);
      indices[written++] = index;
    }
  }
  return { columns, indices };
}

// What would fall out at one end comes back in from it.
function reflect(second: number, spanSeconds: number): number {
  const inside = second < 0 ? -second : second > spanSeconds ? 2 * spanSeconds - second : second;
  return Math.min(Math.max(inside, 0), spanSeconds);
}
