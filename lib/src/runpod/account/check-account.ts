import { selectWarnings } from "../../serving/index.ts";
import { showWaiting } from "../../show/index.ts";
import { alignColumns, sayIfSimulated } from "../../words/index.ts";
import type { RunPodAccount, RunPodClient } from "../client/client.ts";
import { RunPodError } from "../client/runpod-error.ts";
import { checkClock, describeWrongClock } from "../rental/clock-check.ts";
import { type AccountOptions, openRunPod } from "../rental/open-runpod.ts";

/** A pod of the account, whoever made it; a type, so that `table` takes it for a row. */
type RunningPod = {
  id: string;
  name: string;
  gpu: string;
  gpuCount: number;
  status: string;
  usdPerHour: number;
  createdAt: string;
};

/** What the account can do and what it spends now. */
export interface AccountCheck {
  /** Whether this is the account that a rehearsal invents. */
  isSimulated: boolean;
  /** Whether the key may change pods: found out by changing one that does not exist. */
  keyScope: "reads and writes pods" | "reads pods only" | "not known";
  /** `null` where the older API, which alone tells it, does not answer. */
  balanceUsd: number | null;
  spendUsdPerHour: number | null;
  spendLimitUsdPerHour: number | null;
  pods: readonly RunningPod[];
  podsUsdPerHour: number;
  /** Whole sentences. */
  warnings: readonly string[];
  /** The check for people, one finding a line. */
  summary: string;
}

type AccountClient = Pick<RunPodClient, "listPods" | "fetchAccount" | "updatePod" | "readClock">;

/** No pod has this id. */
const absentPodId = "workbook-scope-check";

/**
 * Checks the Runpod account before anything is rented: the key and its scope, the balance, and what runs already.
 *
 * @throws RunPodError where the key is refused, SettingsError where none is set.
 */
export async function checkAccount(
  options: { client?: AccountClient } & AccountOptions = {},
): Promise<AccountCheck> {
  const { client, signal } = options;
  const { target, ...account } =
    client === undefined ? await openRunPod(options) : { client, now: () => new Date(), target: null };
  const isSimulated = target === "rehearsal";
  return showWaiting("Asking Runpod about the account", () => check({ ...account, isSimulated }, signal));
}

async function check(
  { client, now, isSimulated }: { client: AccountClient; now: () => Date; isSimulated: boolean },
  signal: AbortSignal | undefined,
): Promise<AccountCheck> {
  // First alone: a refused key is said once, and nothing else is asked with it.
  const found = await client.listPods({ signal });
  const wrongClock = describeWrongClock(checkClock({ client, now }));
  const [account, keyScope] = await Promise.all([
    client.fetchAccount({ signal }).catch(ignoreRunPodError),
    findKeyScope(client, signal),
  ]);
  const pods = found
    .filter((pod) => pod.status !== "TERMINATED")
    .map(
      (pod): RunningPod => ({
        id: pod.id,
        name: pod.name,
        gpu: pod.gpu?.id ?? "",
        gpuCount: pod.gpu?.count ?? 0,
        status: pod.status,
        usdPerHour: pod.cost,
        createdAt: pod.createdAt,
      }),
    );
  const podsUsdPerHour = pods.reduce((sum, pod) => sum + pod.usdPerHour, 0);
  const checked = {
    isSimulated,
    keyScope,
    balanceUsd: account?.balanceUsd ?? null,
    spendUsdPerHour: account?.spendUsdPerHour ?? null,
    spendLimitUsdPerHour: account?.spendLimitUsdPerHour ?? null,
    pods,
    podsUsdPerHour,
  };
  const warnings = selectWarnings([
    [wrongClock !== "", `${wrongClock} Until then nothing is rented.`],
    ...listWarnings(checked),
  ]);
  return { ...checked, warnings, summary: summarise({ ...checked, warnings }) };
}

async function findKeyScope(
  client: Pick<RunPodClient, "updatePod">,
  signal: AbortSignal | undefined,
): Promise<AccountCheck["keyScope"]> {
  try {
    await client.updatePod(absentPodId, { name: absentPodId }, { signal });
    return "not known";
  } catch (error) {
    if (!(error instanceof RunPodError)) throw error;
    if (error.problem === "not-found") return "reads and writes pods";
    return error.problem === "access-denied" ? "reads pods only" : "not known";
  }
}

/** Balance and spending are a help, not a need: the API that tells them is being retired. */
function ignoreRunPodError(error: unknown): RunPodAccount | null {
  if (error instanceof RunPodError && error.problem !== "interrupted") return null;
  throw error;
}

function listWarnings(check: Omit<AccountCheck, "warnings" | "summary">): [boolean, string][] {
  const { balanceUsd, isSimulated, keyScope, pods, podsUsdPerHour, spendUsdPerHour } = check;
  const mark = sayIfSimulated(isSimulated);
  const balanceHours = (balanceUsd ?? 0) / Math.max(spendUsdPerHour ?? 0, podsUsdPerHour);
  const count = pods.filter((pod) => pod.usdPerHour > 0).length;
  const many = count === 1 ? "One pod costs" : `${count} pods cost`;
  return [
    [
      keyScope === "reads pods only",
      "The key may read pods but not rent or end them: make one that may also write.",
    ],
    [
      balanceUsd !== null && balanceUsd <= 0,
      `The balance${mark} is used up: Runpod ends pods without a network volume, and rents out no new one.`,
    ],
    [
      balanceHours > 0 && balanceHours < 2,
      `At the present cost the balance lasts ${balanceHours.toFixed(1)} hours${mark}.`,
    ],
    [podsUsdPerHour > 0, `${many} money already: ${podsUsdPerHour.toFixed(2)} USD an hour in all${mark}.`],
  ];
}

function summarise(account: Omit<AccountCheck, "summary">): string {
  const { isSimulated, keyScope, balanceUsd, pods, podsUsdPerHour, warnings } = account;
  const mark = sayIfSimulated(isSimulated);
  const lines: [string, string][] = [
    ...(isSimulated
      ? [["account", "simulated: a rehearsal's, with no key of yours"] satisfies [string, string]]
      : []),
    ["key", keyScope],
    ["balance", balanceUsd === null ? "not told" : `$${balanceUsd.toFixed(2)}${mark}`],
    [
      "spending",
      `$${podsUsdPerHour.toFixed(2)} an hour${mark}, on ${pods.length} ${pods.length === 1 ? "pod" : "pods"}`,
    ],
    ...warnings.map((warning): [string, string] => ["mind", warning]),
  ];
  return alignColumns(lines);
}
