import { shareWork, wholeGroups } from "../cost/index.ts";
import { hoursPerMonth } from "../facts/index.ts";
import { sum } from "../statistics.ts";
import { type Load, weeksPerMonth } from "../traffic/index.ts";
import type { Form } from "./decide-types.ts";
import type { Machine } from "./list-machines.ts";
import { findOfficeWindow, type OfficeWindow } from "./office-window.ts";

/** What one form of renting comes to, where each machine serves so many requests per second. */
export interface FormPlan {
  /** At once, in the busiest hour. */
  machines: number;
  machineHoursPerMonth: number;
  /** Of it what GPUs cost, which follows their price, and the rest: disks and volumes. */
  gpuUsdPerMonth: number;
  usdPerMonth: number;
  /** Part of the requests that wait for a start or an opening. */
  shareWaiting: number;
}

/** What is the same for every machine that serves a load. */
export interface LoadPlan {
  load: Load;
  /** Requests per second in each hour of the week, with the allowance for bursts inside it. */
  hourly: readonly number[];
  busiest: number;
  window: OfficeWindow | null;
  deadlineHours: number;
}

/** Plans what of a load does not depend on the machine; `shareLate` of its requests may miss the target. */
export function planLoad(load: Load, given: { deadlineHours: number; shareLate: number }): LoadPlan {
  const { busiestMinute: busiest } = load.requestsPerSecond;
  const hourly = load.hours.map((part) => part * busiest);
  const window = findOfficeWindow(load, given.shareLate);
  return { load, hourly, busiest, window, deadlineHours: given.deadlineHours };
}

/** As in `replayTrace`. */
const idleSeconds = 5;

/** Lists the forms of a machine of one's own that make a difference for a load. */
export function listMachineForms({ hourly, window }: LoadPlan, machine: Machine): Form[] {
  const isLevel = hourly.every((rate) => rate === hourly[0]);
  return [
    "pod day and night",
    ...(window === null ? [] : ["pod in office hours" as const]),
    ...(isLevel ? [] : ["pods as needed" as const]),
    ...(machine.serverlessUsdPerSecond === null ? [] : ["serverless" as const]),
    "batch on a pod",
  ];
}

/** Plans a form with machines that each serve so many requests per second and take so long for a lone one. */
export function planForm(
  form: Form,
  machine: Machine,
  given: LoadPlan & { requestsPerSecond: number; secondsPerRequest: number },
): FormPlan {
  const { requestsPerSecond, busiest, window } = given;
  const { podMinutes, workerSeconds } = machine.starts;
  const machines = wholeGroups(busiest / requestsPerSecond);
  if (form === "pod in office hours" && window !== null) {
    const starts = (window.openingsPerWeek * podMinutes) / 60;
    const hours = machines * (window.hoursPerWeek + starts) * weeksPerMonth;
    return rentPods(machine, { machines, hours, shareWaiting: window.shareOutside });
  }
  if (form === "pods as needed") return rentPods(machine, { machines, ...countElastic(given, podMinutes) });
  if (form === "serverless")
    return rentWorkers(machine, { machines, ...countServerless(given, workerSeconds) });
  if (form === "batch on a pod")
    return rentPods(machine, { ...countBatch(given, podMinutes), shareWaiting: 0 });
  return rentPods(machine, { machines, hours: machines * hoursPerMonth, shareWaiting: 0 });
}

interface Rented {
  machines: number;
  /** Of all machines together, in a month. */
  hours: number;
  shareWaiting: number;
}

function rentPods(machine: Machine, { machines, hours, shareWaiting }: Rented): FormPlan {
  return {
    machines,
    machineHoursPerMonth: hours,
    gpuUsdPerMonth: hours * machine.gpuUsdPerHour * machine.gpuCount,
    usdPerMonth: hours * machine.usdPerHour,
    shareWaiting,
  };
}

function rentWorkers(machine: Machine, { machines, hours, shareWaiting }: Rented): FormPlan {
  const gpuUsdPerMonth = hours * 3_600 * (machine.serverlessUsdPerSecond ?? 0);
  const usdPerMonth = gpuUsdPerMonth + machine.volumeUsdPerMonth;
  return { machines, machineHoursPerMonth: hours, gpuUsdPerMonth, usdPerMonth, shareWaiting };
}

/** Machines by the hour: as many as its load takes, each started ahead. */
function countElastic(
  { hourly, requestsPerSecond }: LoadPlan & { requestsPerSecond: number },
  startMinutes: number,
) {
  const needed = hourly.map((rate) => (rate === 0 ? 0 : wholeGroups(rate / requestsPerSecond)));
  const before = (hour: number) => needed[(hour + needed.length - 1) % needed.length] ?? 0;
  const starts = needed.map((count, hour) => Math.max(0, count - before(hour)));
  const hours = (sum(needed) + (sum(starts) * startMinutes) / 60) * weeksPerMonth;
  return { hours, shareWaiting: 0 };
}

/**
 * Paid seconds of workers that come with requests and go when idle. While one worker suffices it lives from the request
 * that starts it to the first gap between requests that is longer than a request and the idle time: for arrivals at random
 * that is (e^(rate × (request + idle)) − 1) ÷ rate seconds. Where an hour takes several, they are paid for all of it.
 */
function countServerless(
  given: LoadPlan & { requestsPerSecond: number; secondsPerRequest: number },
  coldStartSeconds: number,
): Omit<Rented, "machines"> {
  const { hourly, requestsPerSecond, secondsPerRequest, load } = given;
  let [paidHours, waiting, requests] = [0, 0, 0];
  for (const part of load.hours) {
    const rate = part * load.requestsPerSecond.busiestHour;
    if (rate === 0) continue;
    const lives = Math.expm1(Math.min(500, rate * (secondsPerRequest + idleSeconds))) / rate;
    const cycle = 1 / rate + coldStartSeconds + lives;
    paidHours += (coldStartSeconds + lives) / cycle;
    waiting += (1 + rate * coldStartSeconds) / cycle;
    requests += rate;
  }
  const further = hourly.map((rate) => Math.max(0, wholeGroups(rate / requestsPerSecond) - 1));
  const started = further.map((count, hour) => Math.max(0, count - (further.at(hour - 1) ?? 0)));
  const coldHours = (sum(started) * coldStartSeconds) / 3_600;
  return {
    hours: (paidHours + sum(further) + coldHours) * weeksPerMonth,
    shareWaiting: waiting / requests,
  };
}

/** The requests of each deadline's span are piled up and worked off at full load. */
function countBatch(
  { load, deadlineHours, requestsPerSecond }: LoadPlan & { requestsPerSecond: number },
  startMinutes: number,
) {
  const requests = load.requestsPerSecond.mean * 3_600 * deadlineHours;
  const workHours = requests / requestsPerSecond / 3_600;
  const { groups, hours } = shareWork({ workHours, deadlineHours, startMinutes });
  return { machines: groups, hours: (groups * hours * hoursPerMonth) / deadlineHours };
}
