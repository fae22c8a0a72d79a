/** Reads a list to its last page; an API without pages gives all at once. */
export async function readPages<Item>(
  readPage: (cursor: string | undefined) => Promise<{
    items: Item[];
    pagination:
      | { nextCursor?: string | null | undefined; hasNextPage?: boolean | null | undefined }
      | null
      | undefined;
  }>,
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  // A cursor that leads in a circle must not keep anybody here.
  for (let pages = 0; pages < 1_000; pages++) {
    const page = await readPage(cursor);
    items.push(...page.items);
    const next = page.pagination?.hasNextPage === true ? page.pagination.nextCursor : null;
    if (next === null || next === undefined || next === "" || next === cursor) break;
    cursor = next;
  }
  return items;
}
