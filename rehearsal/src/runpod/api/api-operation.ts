import type { Account } from "../account/account.ts";

/** One call of the API, as an operation sees it. */
export interface ApiCall {
  account: Account;
  /** The stand-in's time; all that was due by then has happened. */
  nowMs: number;
  /** Path parameters, decoded. */
  parameters: Readonly<Record<string, string>>;
  query: URLSearchParams;
  header(name: string): string | undefined;
  bodyText: string;
  /** A fingerprint of the key that called. */
  caller: string;
  /** `entrypoint` and `cmd` are not known yet. */
  isOldContract: boolean;
}

/** What an operation answers: JSON with a status, nothing (204), or a stream. */
export type ApiAnswer = { status: number; body?: object } | Response;

/** An operation of the vendor's contract. */
export interface ApiOperation {
  /** The contract's own name of it. */
  operation: string;
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** With `:name` for parameters. */
  path: string;
  answer(call: ApiCall): ApiAnswer;
}

/** Cuts one page out of a list, as `limit` (1 to 1000) and `cursor` ask. */
export function paginate<Item>(
  items: readonly Item[],
  query: URLSearchParams,
): { page: Item[]; pagination: { nextCursor: string | null; hasNextPage: boolean } } {
  const limit = Math.min(1_000, Math.max(1, Number(query.get("limit") ?? 1_000) || 1_000));
  const first = Number(query.get("cursor") ?? 0) || 0;
  const page = items.slice(first, first + limit);
  const hasNextPage = first + limit < items.length;
  return { page, pagination: { nextCursor: hasNextPage ? String(first + limit) : null, hasNextPage } };
}
