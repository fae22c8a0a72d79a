/** Providers of the price book that pass requests on to hosts and name the price of one of them. */
const routers: ReadonlySet<string> = new Set(["openrouter"]);

/** Says whether a provider resells what hosts offer, so that its price is no second opinion beside theirs. */
export function isRouter(provider: string): boolean {
  return routers.has(provider);
}
