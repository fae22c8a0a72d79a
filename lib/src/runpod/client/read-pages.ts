/** One page of a list. */
export interface Page<Item> {
  items: Item[];
  /** `null`: it is the last. */
  nextCursor: string | null;
}

/** No account has more; what goes on further leads in a circle, or nowhere. */
const mostPages = 100;

/** Reads a list to its last page; an API without pages gives all at once. What comes twice counts once. */
export async function readPages<Item extends { id: string }>(
  readPage: (cursor: string | undefined) => Promise<Page<Item>>,
): Promise<Item[]> {
  const items = new Map<string, Item>();
  const seen = new Set<string>();
  let cursor: string | undefined;
  do {
    const page = await readPage(cursor);
    for (const item of page.items) if (!items.has(item.id)) items.set(item.id, item);
    cursor = page.nextCursor ?? undefined;
    if (cursor === undefined || seen.has(cursor)) break;
    seen.add(cursor);
  } while (seen.size < mostPages);
  return [...items.values()];
}
