const mostNear = 3;
const leastAlike = 0.5;

/** Finds the names that are most alike to a wanted one, the most alike first, at most three: what a typo may have meant. */
export function findNearNames(wanted: string, names: readonly string[]): string[] {
  const pairs = pairsOf(wanted);
  return names
    .map((name) => ({ name, alike: shareOf(pairs, pairsOf(name)) }))
    .filter(({ alike }) => alike >= leastAlike)
    .toSorted((one, other) => other.alike - one.alike)
    .slice(0, mostNear)
    .map(({ name }) => name);
}

/** The pairs of neighbouring letters and digits. */
function pairsOf(name: string): ReadonlySet<string> {
  const text = name.toLowerCase().replace(/[^a-z\d]/g, "");
  return new Set(
    Array.from({ length: Math.max(0, text.length - 1) }, (_, index) => text.slice(index, index + 2)),
  );
}

/** The pairs in common, as a share of those of the shorter name. */
function shareOf(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const common = [...one].filter((pair) => other.has(pair)).length;
  return common / Math.max(1, Math.min(one.size, other.size));
}
