import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { readTextWithin } from "../../lib/src/network/index.ts";
import type { FoundPrice, PriceAdapter } from "./price-adapters.ts";

/** A list of prices on the network, and how to read it. */
export interface PriceSource {
  /** Also the name of its file in the cache. */
  name: string;
  url: string;
  /** Sent only to this address, never to one that it redirects to, and never kept. */
  headers?: Readonly<Record<string, string>>;
  adapt: PriceAdapter;
}

/** What came of one list: `unchanged` and `cached` are from the cache, `cached` because the network failed. */
export interface FetchedPriceList {
  name: string;
  state: "fresh" | "unchanged" | "cached" | "failed";
  /** Why it is not fresh, in one sentence; empty where it is. */
  reason: string;
  /** The day on which the list was fetched; `null` without one. */
  fetched: string | null;
  prices: readonly FoundPrice[];
  /** How many of its entries could not be read, in one sentence; `null` where all could. */
  leftOut: string | null;
}

const cachedSchema = z.object({
  url: z.string(),
  etag: z.string().nullable(),
  fetched: z.iso.date(),
  document: z.unknown(),
});

/** Fetches one list with a time limit and an ETag, and falls back to the cached copy; never throws. */
export async function fetchPriceList(
  source: PriceSource,
  options: { cacheFolder: string; today: string; timeoutMs: number },
): Promise<FetchedPriceList> {
  const { name, url } = source;
  const path = join(options.cacheFolder, `${name}.json`);
  const cached = await readCached(source, path);
  try {
    const response = await fetch(url, {
      headers: {
        ...source.headers,
        ...(typeof cached?.etag === "string" ? { "if-none-match": cached.etag } : {}),
      },
      redirect: source.headers === undefined ? "follow" : "error",
      signal: AbortSignal.timeout(options.timeoutMs),
    });
    if (response.status === 304 && cached !== null) {
      const { fetched, prices, leftOut } = cached;
      return { name, state: "unchanged", reason: "It has not changed.", fetched, prices, leftOut };
    }
    if (!response.ok) throw new Error(`it answered with status ${response.status}`);
    const document: unknown = JSON.parse(await readTextWithin(response));
    const adapted = source.adapt(document);
    const copy = { url, etag: response.headers.get("etag"), fetched: options.today, document };
    await writeCached(options.cacheFolder, path, copy);
    return { name, state: "fresh", reason: "", fetched: options.today, ...adapted };
  } catch (error) {
    const reason = `${name} could not be asked: ${describe(error, options.timeoutMs)}.`;
    if (cached === null) return { name, state: "failed", reason, fetched: null, prices: [], leftOut: null };
    const { fetched, prices, leftOut } = cached;
    return { name, state: "cached", reason, fetched, prices, leftOut };
  }
}

async function readCached({ url, adapt }: PriceSource, path: string) {
  try {
    const copy = cachedSchema.parse(JSON.parse(await readFile(path, "utf8")));
    return copy.url === url ? { etag: copy.etag, fetched: copy.fetched, ...adapt(copy.document) } : null;
  } catch {
    return null;
  }
}

// A cache that cannot be written costs the next refresh a download, and nothing else.
async function writeCached(folder: string, path: string, copy: z.output<typeof cachedSchema>): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(path, JSON.stringify(copy));
  } catch {}
}

function describe(error: unknown, timeoutMs: number): string {
  if (error instanceof z.ZodError) return "the document is not in the form that it used to have";
  if (error instanceof SyntaxError) return "the answer is no JSON";
  if (!(error instanceof Error)) return "for no known reason";
  if (error.name === "TimeoutError") return `no answer within ${timeoutMs / 1_000} s`;
  const { cause } = error;
  const code: unknown = typeof cause === "object" && cause !== null ? Reflect.get(cause, "code") : undefined;
  return typeof code === "string" ? `${error.message} (${code})` : error.message;
}
