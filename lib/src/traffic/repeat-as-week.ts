import { InputError } from "../errors.ts";
import { seededRandom } from "../seeded-random.ts";
import { checkTrace } from "./check-trace.ts";
import { officeWeek } from "./office-hours.ts";
import { pickLengths, type Trace } from "./trace.ts";
import { hoursPerWeek, weekSeconds } from "./week-hours.ts";

const mostRequests = 50_000_000;

/**
 * Repeats a trace of less than a day for a week in which each hour has a part of its load; the result is synthetic and says so.
 *
 * `profile` has 168 parts from 0 to 1, by hour from Monday, 0:00: in an hour with 0.3 each request of the trace comes with
 * that chance. Default: `officeWeek`, which is made up. The same seed gives the same week.
 *
 * @throws InputError that names what is wrong with the profile, refuses a trace of a day or more, or says that the week would have over 50 million requests.
 */
export function repeatAsWeek(
  trace: Trace,
  options: { profile?: readonly number[]; seed?: number } = {},
): Trace {
  const { profile = officeWeek, seed = 1 } = options;
  checkTrace(trace, "repeatAsWeek");
  requireProfile(profile);
  if (trace.spanSeconds >= 86_400) {
    throw new InputError("repeatAsWeek: the trace covers a day or more, and has its own hours.", {
      remedy:
        "describeLoad({ trace }).trace makes a week of it as it is; scaleTrace makes it larger or smaller.",
      field: "trace",
    });
  }
  const indices = chooseRequests(trace, { profile, chance: seededRandom(seed) });
  const origin = options.profile === undefined ? "made up" : "given by the reader";
  return {
    ...trace,
    ...pickLengths(trace, indices.chosen),
    name: `${trace.name}, as a week`,
    kind: "synthetic",
    arrivalSeconds: indices.arrivalSeconds,
    spanSeconds: weekSeconds,
    startSecondOfWeek: 0,
    notes: [
      ...trace.notes,
      `Synthetic: ${trace.name} repeated for a week, with a profile by the hour that is ${origin}.`,
    ],
  };
}

function chooseRequests(
  { arrivalSeconds, spanSeconds }: Trace,
  { profile, chance }: { profile: readonly number[]; chance: () => number },
): { arrivalSeconds: Float64Array; chosen: Uint32Array } {
  const rounds = Math.ceil(weekSeconds / spanSeconds);
  const room = rounds * arrivalSeconds.length;
  if (room > mostRequests) {
    throw new InputError(`repeatAsWeek: the week could have ${room.toLocaleString("en-US")} requests.`, {
      remedy: "Make the trace thinner first: scaleTrace(trace, { requests: 0.1 }). Costs are in proportion.",
    });
  }
  const times = new Float64Array(room);
  const chosen = new Uint32Array(room);
  let written = 0;
  for (let round = 0; round < rounds; round++) {
    for (let index = 0; index < arrivalSeconds.length; index++) {
      const second = round * spanSeconds + (arrivalSeconds[index] ?? 0);
      if (second >= weekSeconds) break;
      if (chance() >= (profile[Math.floor(second / 3_600)] ?? 0)) continue;
      // Where two rounds meet, rounding can put the first of one before the last of the other.
      times[written] = Math.max(second, times[written - 1] ?? 0);
      chosen[written++] = index;
    }
  }
  if (written === 0) {
    throw new InputError("repeatAsWeek: no request is left in the week.", {
      remedy: "Give a profile with larger parts, or a trace with more requests.",
    });
  }
  return { arrivalSeconds: times.slice(0, written), chosen: chosen.slice(0, written) };
}

function requireProfile(profile: readonly number[]): void {
  const wrong = profile.findIndex((share) => !(share >= 0 && share <= 1));
  if (profile.length === hoursPerWeek && wrong === -1) return;
  const problem =
    profile.length === hoursPerWeek
      ? `hour ${wrong} of the profile is ${profile[wrong]}`
      : `the profile has ${profile.length} hours`;
  throw new InputError(`repeatAsWeek: ${problem}.`, {
    remedy: "Give 168 parts from 0 to 1, one for each hour from Monday, 0:00.",
  });
}
