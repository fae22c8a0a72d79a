import type { ErrorPlace } from "../facts/index.ts";
import { cleanWords } from "../words/index.ts";
import { explainError, findKnownError, isOwn } from "./explain-error.ts";
import { shortenPaths } from "./shorten-paths.ts";

/**
 * Says in one paragraph what a reader needs to know of an error in a cell: what happened, what it means and what to do
 * where that is known, and where in the reader's own code it came up.
 *
 * The kernel calls it for what a cell throws, with `places` such as `in line 2 of this cell: …`, the innermost first, and
 * `isReaders` where the reader's own line threw it and no package: then it tells of no endpoint what could not be read. Stacks
 * are left out: they tell of the kernel and of packages. What the compiler says is told by `describeComplaints`.
 */
export function describeCellError(
  error: unknown,
  places: readonly string[] = [],
  { isReaders = false }: { isReaders?: boolean } = {},
): string {
  if (isOwn(error)) return `${error.name}: ${cleanWords(error.message)}`;
  const { cause, remedy, evidence } = explainError(error);
  // Where Node looked for a package is of no use to a reader.
  const [words = ""] = shortenPaths(evidence).split(/\nRequire stack:| imported from /);
  const said = error instanceof Error ? `${nameOf(error)}: ${words}` : words;
  const known = findKnownError(error);
  const isOfEndpoint = known !== null && endpointPlaces.includes(known.error.place);
  const isExplained = known !== null && !(isReaders && isOfEndpoint && isParsing(error));
  const explained = isExplained ? [shortenPaths(`${cause} ${remedy}`)] : [];
  return [said, ...explained, ...places].join("\n");
}

/** Where an error tells of an endpoint. */
const endpointPlaces: readonly ErrorPlace[] = ["client", "proxy", "server"];

/** Whether a text could not be read as what it should be, such as JSON or an address. */
function isParsing(error: unknown): boolean {
  return (
    error instanceof SyntaxError ||
    (error instanceof Error && "code" in error && error.code === "ERR_INVALID_URL")
  );
}

/** The openai package's errors are all called "Error"; their class says more. */
function nameOf(error: Error): string {
  return error.name === "Error" && error.constructor.name !== "" ? error.constructor.name : error.name;
}
