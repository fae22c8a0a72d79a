/** Compares versions such as `12.11` and `12.2` part by part, as numbers: below 0 where the first is older. */
export function compareVersions(one: string, other: string): number {
  const ones = one.split(".").map(Number);
  const others = other.split(".").map(Number);
  for (let place = 0; place < Math.max(ones.length, others.length); place++) {
    const difference = (ones[place] ?? 0) - (others[place] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
