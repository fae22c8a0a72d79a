import { InputError } from "../errors.ts";

/** The names in a file that stand for what a trace needs. */
export interface TraceColumnNames {
  time: string;
  input: string;
  output: string;
}

// As names are compared: in lower case, without spaces, hyphens and underscores. First ours, then those of public traces.
const knownNames: Record<keyof TraceColumnNames, readonly string[]> = {
  time: "timestamp timestampms timestamps arrivalms arrivalseconds arrival time arrivedat".split(" "),
  input: ["inputtokens", "contexttokens", "prompttokens", "requesttokens", "inputlength", "input"],
  output: ["outputtokens", "generatedtokens", "completiontokens", "responsetokens", "outputlength", "output"],
};

const shownAs: Record<keyof TraceColumnNames, string> = {
  time: "timestamp",
  input: "input_tokens",
  output: "output_tokens",
};

/**
 * Finds the three columns of a trace among names, whatever their case and separators.
 *
 * @throws InputError that names the file, the line and what is missing.
 */
export function findTraceColumns(
  names: readonly string[],
  place: { file: string; line: number },
): TraceColumnNames {
  const find = (wanted: keyof TraceColumnNames) =>
    knownNames[wanted].flatMap((known) => names.find((name) => plain(name) === known) ?? [])[0];
  const [time, input, output] = [find("time"), find("input"), find("output")];
  if (time !== undefined && input !== undefined && output !== undefined) return { time, input, output };
  const missing = Object.entries({ time, input, output })
    .filter(([, name]) => name === undefined)
    .map(([wanted]) => shownAs[wanted as keyof TraceColumnNames]);
  const found = names.length === 0 ? "nothing" : names.slice(0, 12).join(", ");
  throw new InputError(
    `loadTrace: ${place.file}, line ${place.line}: no column ${missing.join(" and no ")}; there is ${found}.`,
    {
      remedy: "Name the columns timestamp, input_tokens and output_tokens, in the first line of a CSV file.",
    },
  );
}

/** Tells the unit of a column of numbers by its name, or by the one format that has no unit in it; `null`: neither. */
export function unitInName(column: TraceColumnNames): "seconds" | "milliseconds" | null {
  // Mooncake's format, which vLLM's benchmark also reads: timestamp in milliseconds, input_length, output_length.
  const isMooncake = plain(column.time) === "timestamp" && plain(column.input) === "inputlength";
  if (isMooncake || /ms$/.test(plain(column.time))) return "milliseconds";
  return /(seconds|[\s_-]s)$/i.test(column.time) ? "seconds" : null;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]/g, "");
}
