import { sayUsd } from "../words/index.ts";
import type { Decision, Way } from "./decide-types.ts";

/** The ways in order, and those that stand out. */
export type ChosenWays = Pick<
  Decision,
  "ways" | "answer" | "runnerUp" | "cheapestApi" | "cheapestMachine" | "worthMeasuring"
>;

/**
 * Chooses the cheapest way that keeps to the target and waits no longer than it may. A contradicted price, and a router's,
 * counts only where there is no other.
 */
export function chooseWays(all: readonly Way[], mostWaitsHours: number): ChosenWays {
  const ways = all.toSorted(
    (one, other) =>
      rank(one, mostWaitsHours) - rank(other, mostWaitsHours) ||
      one.usdPerMonth.typical - other.usdPerMonth.typical ||
      one.label.localeCompare(other.label) ||
      // Of one offer that several saw, the newest reading counts.
      other.observed.localeCompare(one.observed),
  );
  const inTime = ways.filter(({ waitsHours }) => (waitsHours ?? 0) <= mostWaitsHours);
  const keeping = inTime.filter(({ keepsTarget }) => keepsTarget === "yes");
  const trusted = keeping.filter(isTrusted);
  const candidates = trusted.length > 0 ? trusted : keeping;
  const apis = keeping.filter(({ serves }) => serves === "api");
  const [answer = null] = candidates;
  const mayDo = inTime.filter(
    ({ keepsTarget, usdPerMonth }) =>
      keepsTarget === "measure" &&
      usdPerMonth.typical < (answer?.usdPerMonth.typical ?? Number.POSITIVE_INFINITY),
  );
  // A ceiling promises too much: what has a forecast comes first.
  const cheaper = mayDo.find(({ evidence }) => evidence !== null) ?? mayDo[0];
  return {
    ways,
    answer,
    runnerUp: candidates.find((way) => answer !== null && isOther(way, answer)) ?? null,
    cheapestApi: apis.find(isTrusted) ?? apis[0] ?? null,
    cheapestMachine: keeping.find(({ serves }) => serves === "machine") ?? null,
    worthMeasuring: cheaper === undefined ? null : measureWay(cheaper),
  };
}

/** Says whether nothing contradicts the price of a way, and it is the provider's own: a router's is that of one of its hosts. */
export function isTrusted({ priceStatus, isRouter }: Pick<Way, "priceStatus" | "isRouter">): boolean {
  return priceStatus !== "unknown" && !isRouter;
}

/** First what may be the answer, then what waits too long for it, then what misses the target. */
function rank({ keepsTarget, waitsHours }: Way, mostWaitsHours: number): number {
  if (keepsTarget === "no") return 2;
  return (waitsHours ?? 0) > mostWaitsHours ? 1 : 0;
}

function isOther(one: Way, other: Way): boolean {
  return (["serves", "provider", "gpu", "form"] as const).some((field) => one[field] !== other[field]);
}

/** What it costs to find out whether a way keeps to the target. */
function measureWay(way: Way): NonNullable<Decision["worthMeasuring"]> {
  const usd = way.usdPerHour ?? 0;
  return { way, usd, text: `one hour on ${way.machine}: about ${sayUsd(usd)}` };
}
