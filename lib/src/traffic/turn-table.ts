import { type Fields, isFields } from "./row-fields.ts";

/**
 * Returns the rows of a table that is one object of objects: by the ids of its rows, or by columns, as pandas writes it
 * (https://pandas.pydata.org/docs/reference/api/pandas.DataFrame.to_json.html); `null` where it is none.
 */
export function turnObjects(fields: Fields): readonly Fields[] | null {
  const entries = Object.entries(fields);
  const values = entries.map(([, value]) => value).filter(isFields);
  const keys = Object.keys(values[0] ?? {});
  const areAlike = values.every((value) => keys.every((key) => Object.hasOwn(value, key)));
  if (values.length < 2 || values.length < entries.length || keys.length === 0 || !areAlike) return null;
  if (!keys.every((key) => /^\d+$/.test(key))) return values;
  return keys.map((key) => Object.fromEntries(entries.map(([name], at) => [name, values[at]?.[key]])));
}

/**
 * Returns the rows of a table that is an object of lists: one for each column, of one length, as vLLM's benchmark writes
 * details (https://docs.vllm.ai/en/latest/cli/bench/serve/), or names of columns and a list for each row.
 */
export function turnLists(fields: Fields): readonly Fields[] | null {
  const { columns, data } = fields;
  if (Array.isArray(columns) && Array.isArray(data)) {
    const rows: unknown[][] = data.filter((row) => Array.isArray(row));
    return rows.map((row) => Object.fromEntries(columns.map((name, at) => [String(name), row[at]])));
  }
  const lists = Object.entries(fields).filter((entry): entry is [string, unknown[]] =>
    Array.isArray(entry[1]),
  );
  const length = Math.max(0, ...lists.map(([, list]) => list.length));
  const whole = lists.filter(([, list]) => list.length === length);
  if (length === 0 || whole.length < 3) return null;
  return Array.from({ length }, (_, row) =>
    Object.fromEntries(whole.map(([name, list]) => [name, list[row]])),
  );
}
