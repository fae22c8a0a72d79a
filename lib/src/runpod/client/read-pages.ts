/** One page of a list. */
export interface Page<Item> {
  items: Item[];
  /** `null`: it is the last. */
  nextCursor: string | null;
}

/** Reads a list to its last page; an API without pages gives all at once. */
export async function readPages<Item>(
  readPage: (cursor: string | undefined) => Promise<Page<Item>>,
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  // A cursor that leads in a circle must not keep anybody here.
  for (let pages = 0; pages < 1_000; pages++) {
    const page = await readPage(cursor);
    items.push(...page.items);
    if (page.nextCursor === null || page.nextCursor === cursor) break;
    cursor = page.nextCursor;
  }
  return items;
}
