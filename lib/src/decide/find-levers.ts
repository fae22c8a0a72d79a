import { listApiWays } from "./api-ways.ts";
import { type ChosenWays, isTrusted } from "./choose-ways.ts";
import type { DecideInput, Lever, Way } from "./decide-types.ts";
import { priceForms, type RatedMachine } from "./machine-ways.ts";
import { ratesWithin, speedCurve } from "./speed-curve.ts";

/** Part of the input that the lever of shared prefixes supposes, where the load shares less. */
const sharedPrefixes = 0.5;

interface LeverOptions {
  input: DecideInput;
  rated: readonly RatedMachine[];
  plan: Parameters<typeof priceForms>[1];
  offers: Omit<Parameters<typeof listApiWays>[0], "model">;
}

/**
 * Lists what would make the same load cheaper, each for itself, what saves most first.
 *
 * On machines each is compared with the cheapest one that is always on and has the model's own weights (where none has, any
 * weights), at the API with the cheapest price of today.
 */
export function findLevers(chosen: ChosenWays, options: LeverOptions): Lever[] {
  const machines = chosen.ways.filter(
    ({ serves, keepsTarget }) => serves === "machine" && keepsTarget === "yes",
  );
  const always = machines.filter(
    ({ form, model }) => form === "pod day and night" && model === chosen.cheapestMachine?.model,
  );
  const base = always.find((way) => !hasRisk(way, "quality unmeasured")) ?? always[0];
  const levers = [
    ...(base === undefined ? [] : machineLevers(base, machines, options)),
    ...(chosen.cheapestApi === null ? [] : apiLevers(chosen.cheapestApi, chosen.ways, options)),
  ];
  return levers
    .filter(({ savesUsdPerMonth }) => savesUsdPerMonth > 0)
    .toSorted((one, other) => other.savesUsdPerMonth - one.savesUsdPerMonth);
}

function hasRisk({ risks }: Way, kind: Way["risks"][number]["kind"]): boolean {
  return risks.some((risk) => risk.kind === kind);
}

function machineLevers(base: Way, machines: readonly Way[], options: LeverOptions): Lever[] {
  const ofModel = machines.filter(({ model, gpu }) => model === base.model && gpu === base.gpu);
  const same = ofModel.filter(({ gpuCount }) => gpuCount === base.gpuCount);
  const alike = same.filter(
    ({ precision, checkpoint }) => precision === base.precision && checkpoint === base.checkpoint,
  );
  const found: [lever: Lever["lever"], way: Way | undefined, text: string][] = [
    [
      "precision",
      machines.find(
        (way) => way.model === base.model && way.form === base.form && way.precision !== base.precision,
      ),
      "Weights of fewer bits, on the card that suits them best: compare the quality of the answers.",
    ],
    [
      "fewer cards",
      ofModel.find((way) => way.form === base.form && (way.gpuCount ?? 0) < (base.gpuCount ?? 0)),
      "Fewer of the same cards, with weights that fit on them.",
    ],
    [
      "hours",
      alike.find(
        ({ form }) => form === "pod in office hours" || form === "pods as needed" || form === "serverless",
      ),
      "Pay only for the hours that have load.",
    ],
    [
      "batch",
      alike.find(({ form }) => form === "batch on a pod"),
      "Only for answers that may wait: the machine then always works at full load.",
    ],
  ];
  const known = found.flatMap(([lever, way, text]) =>
    way === undefined ? [] : [makeLever(lever, base, { to: way.place, usd: way.usdPerMonth.typical, text })],
  );
  const shared = shareOnMachine(base, options);
  return shared === null ? known : [...known, shared];
}

function apiLevers(base: Way, ways: readonly Way[], { plan, offers }: LeverOptions): Lever[] {
  const batch = ways.find(
    (way) => way.form === "batch by token" && way.model === base.model && isTrusted(way),
  );
  const levers =
    batch === undefined
      ? []
      : [
          makeLever("batch", base, {
            to: batch.place,
            usd: batch.usdPerMonth.typical,
            text: "Only for answers that may wait: the API then charges less.",
          }),
        ];
  if (plan.load.cachedInputShare >= sharedPrefixes) return levers;
  const load = { ...plan.load, cachedInputShare: sharedPrefixes };
  const shared = listApiWays({ ...offers, model: base.model, load, forms: ["by token"] })
    .filter(isTrusted)
    .toSorted((one, other) => one.usdPerMonth.typical - other.usdPerMonth.typical)[0];
  return shared === undefined
    ? levers
    : [...levers, makeLever("shared prefixes", base, shareTo(shared.place, shared.usdPerMonth.typical))];
}

/** Forecasts the machine once more with half of each prompt in its cache. */
function shareOnMachine(base: Way, { input, rated, plan }: LeverOptions): Lever | null {
  if (plan.load.cachedInputShare >= sharedPrefixes) return null;
  const found = rated.find(
    ({ machine }) =>
      machine.shape.id === base.checkpoint &&
      machine.gpu.gpuTypeId === base.gpu &&
      machine.gpuCount === base.gpuCount &&
      machine.bits === base.precision,
  );
  if (found === undefined) return null;
  const load = { ...plan.load, cachedInputShare: sharedPrefixes };
  const curve = speedCurve(found.machine, load, input);
  if (!("points" in curve)) return null;
  const within = ratesWithin(curve, input.latencyTarget);
  const [best] = priceForms({ ...found, curve, within }, { ...plan, load, forms: [base.form] })
    .filter(({ keepsTarget }) => keepsTarget === "yes")
    .toSorted((one, other) => one.plans.typical.usdPerMonth - other.plans.typical.usdPerMonth);
  return best === undefined
    ? null
    : makeLever("shared prefixes", base, shareTo(base.place, best.plans.typical.usdPerMonth));
}

function shareTo(place: string, usd: number) {
  const to = `${place}, half of each prompt shared`;
  return {
    to,
    usd,
    text: "Put what all prompts have in common at their beginning, so that the cache holds it.",
  };
}

function makeLever(
  lever: Lever["lever"],
  base: Way,
  { to, usd, text }: { to: string; usd: number; text: string },
): Lever {
  const usdPerMonthBefore = base.usdPerMonth.typical;
  return {
    lever,
    side: base.serves,
    model: base.model,
    from: base.place,
    to,
    usdPerMonthBefore,
    usdPerMonthAfter: usd,
    savesUsdPerMonth: usdPerMonthBefore - usd,
    text,
  };
}
