/** What renting groups of GPUs costs besides the hours in which they work; money in USD. */
export interface MachineCosts {
  /** For one group that holds the model once, all its GPUs together. */
  gpuUsdPerHour: number;
  /** Hours of work in a month: 730 for a machine that never stops, 200 for business hours. */
  hoursPerMonth: number;
  /** From renting to the first token; paid for, and no work is done. */
  startMinutes: number;
  startsPerMonth: number;
  /** Disks of one group, for the whole month. */
  storageUsdPerMonth: number;
  /** People who look after it, however many groups there are. */
  peopleUsdPerMonth: number;
  /** Groups that run without being needed, so that one may fail. */
  spareGroups: number;
}

/** What an hour of work costs, in USD, by what it is spent on. */
export interface MachineBill {
  gpuUsdPerHour: number;
  startUpUsdPerHour: number;
  storageUsdPerHour: number;
  peopleUsdPerHour: number;
  spareUsdPerHour: number;
  totalUsdPerHour: number;
}

/** Computes what an hour of work costs with so many working groups; spare ones come on top. */
export function machineBill(costs: MachineCosts, groups: number): MachineBill {
  const { hoursPerMonth, spareGroups } = costs;
  const group = groupUsdPerHour(costs);
  const bill = {
    gpuUsdPerHour: groups * costs.gpuUsdPerHour,
    startUpUsdPerHour: groups * costs.gpuUsdPerHour * paidShareOfStartUp(costs),
    storageUsdPerHour: (groups * costs.storageUsdPerMonth) / hoursPerMonth,
    peopleUsdPerHour: costs.peopleUsdPerMonth / hoursPerMonth,
    spareUsdPerHour: spareGroups * group,
  };
  return { ...bill, totalUsdPerHour: groups * group + bill.spareUsdPerHour + bill.peopleUsdPerHour };
}

/** Computes what one group costs for an hour of work: GPUs, start-up and storage, in USD. */
export function groupUsdPerHour(costs: MachineCosts): number {
  const storage = costs.storageUsdPerMonth / costs.hoursPerMonth;
  return costs.gpuUsdPerHour * (1 + paidShareOfStartUp(costs)) + storage;
}

/** Computes the hours that are paid for starting, for each hour of work. */
export function paidShareOfStartUp(costs: Omit<MachineCosts, "gpuUsdPerHour">): number {
  return (costs.startsPerMonth * costs.startMinutes) / 60 / costs.hoursPerMonth;
}
