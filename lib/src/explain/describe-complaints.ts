import { findNearNames } from "../endpoint/index.ts";
import type { FoundError } from "../facts/index.ts";
import { cleanWords } from "../words/index.ts";
import { findKnownError } from "./explain-error.ts";
import { shortenPaths } from "./shorten-paths.ts";

/** What the compiler says against one place of a cell, or of a file that a cell imports. */
export interface Complaint {
  /** The compiler's number of it, such as 2304. JSX is 17004, whatever else the compiler makes of it. */
  code: number;
  /** Its words, without a place. */
  message: string;
  /** Counted from 1, as the compiler counts, in the text that the reader wrote. */
  line: number;
  column: number;
  /** The file, where it is none of the reader's cells. */
  file?: string;
  /** What it is about, as the cell writes it: a name, or what is imported. */
  subject?: string;
  /** Whether the cell only assigns that name. */
  isAssigned?: boolean;
  /** The numbers of what the compiler adds to it, such as 2773. */
  related?: readonly number[];
  /** Whether its line is written in Python or for a shell. */
  isForeign?: boolean;
}

const mostPlaces = 10;

const longestMessage = 1000;

/** One sentence of the compiler that `docs/errors.md` explains, for all numbers that mean the same to a reader. */
interface Kind {
  codes: readonly number[];
  /** How the table of known errors knows it. */
  known: (subject: string) => string;
}

/** A cell has no options of a compiler to set and no types to install. */
const askForOptions: Kind = {
  codes: [2580, 2581, 2582, 2583, 2584, 2591, 2592, 2593, 2867, 2868],
  known: (name) => `Cannot find name '${name}'.`,
};

const jsx: Kind = { codes: [17004], known: () => "Cannot use JSX" };

const kinds: readonly Kind[] = [
  askForOptions,
  jsx,
  { codes: [2304, 2503, 18004], known: (name) => `Cannot find name '${name}'.` },
  { codes: [2307, 2732, 2792, 2882, 7016], known: (path) => `Cannot find module '${path}'` },
  {
    codes: [2588, 2628, 2629, 2630, 2631, 2632],
    known: (name) => `Cannot assign to '${name}' because it is a constant.`,
  },
  {
    codes: [
      1002, 1003, 1005, 1009, 1010, 1109, 1110, 1126, 1127, 1128, 1130, 1131, 1134, 1135, 1136, 1137, 1138,
      1160, 1161, 1434, 1435,
    ],
    known: () => "1:1 - Expression expected.",
  },
  { codes: [2773], known: () => "does not exist on type 'Promise<" },
];

/** Where a cell has one of these, no cell above defines the names in it. */
const python = "python-name";
const foreign = ["jsx", python, "syntax"];

/**
 * Tells what the compiler says against a cell: each place as `line:column - words`, and below it what that means and what
 * to do, where that is known and was not told yet. Numbers decide, and no words.
 */
export function describeComplaints(complaints: readonly Complaint[]): string {
  const told = new Set<string>();
  const found = complaints.map(findKnown);
  const isForeign = found.some((one) => one !== null && foreign.includes(one.error.id));
  const isPython = found.some((one) => one?.error.id === python);
  const paragraphs = complaints.slice(0, mostPlaces).flatMap((complaint, index) => {
    const known = found[index] ?? null;
    const explanation = isPython && known?.error.id !== python ? null : explain(complaint, known, isForeign);
    const isNew = explanation !== null && !told.has(explanation);
    if (isNew) told.add(explanation);
    return [describePlace(complaint), ...(isNew ? [explanation] : [])];
  });
  const left = complaints.length - mostPlaces;
  const rest = left > 0 ? [`… and ${left} more ${left === 1 ? "place" : "places"}`] : [];
  return shortenPaths(cleanWords([...paragraphs, ...rest].join("\n")));
}

function describePlace({ file, line, column, code, message, subject }: Complaint): string {
  const place = [...(file === undefined ? [] : [file]), line, column].join(":");
  if (jsx.codes.includes(code)) return `${place} - A cell cannot contain JSX.`;
  const isPlain = subject === undefined || !askForOptions.codes.includes(code);
  return `${place} - ${isPlain ? message.slice(0, longestMessage) : askForOptions.known(subject)}`;
}

function findKnown(complaint: Complaint): FoundError | null {
  const { code, message, subject = "", related = [], isForeign = false } = complaint;
  if (isForeign) return findKnownError("Cannot find name 'print'.");
  // The compiler has the right name in its words alone.
  if (code === 2552) return findKnownError(message);
  const kind = kinds.find(({ codes }) => codes.includes(code) || related.some((one) => codes.includes(one)));
  return kind === undefined ? null : findKnownError(kind.known(subject));
}

function explain(complaint: Complaint, found: FoundError | null, isForeign: boolean): string | null {
  if (found === null) return null;
  if (found.error.id === "missing-package")
    return `${hintAtName(complaint.subject ?? "")}${found.cause} ${found.remedy}`;
  if (found.error.id !== "missing-variable") return `${found.cause} ${found.remedy}`;
  if (isForeign) return null;
  const { subject, isAssigned = false } = complaint;
  return isAssigned
    ? `No cell has declared ${subject}. Write \`let ${subject} = …\` where it is new, or run the cells above that declare it: Run → Run All Above Selected Cell.`
    : `${found.cause} ${found.remedy}`;
}

/** The packages that notebooks of this project import. */
const packages = ["workbook", "openai", "nodejs-polars", "zod", "vega-lite", "dotenv"];

/** What an import may have meant: a package of a misspelt name may be anybody's. */
function hintAtName(subject: string): string {
  const [name = ""] = subject.split("/");
  const sorted = (text: string) => [...text].toSorted().join("");
  const isLike = (one: string) =>
    Math.abs(one.length - name.length) <= 2 || (name.length > 4 && one.includes(name));
  const near =
    packages.find((one) => sorted(one) === sorted(name)) ??
    (name.length < 4 || name.startsWith("@") ? undefined : findNearNames(name, packages.filter(isLike))[0]);
  if (near !== undefined && near !== name)
    return `Did you mean ${near}? If not, check the name first: anybody can publish a package under a misspelt name. `;
  return /^[^/@][^/]*\.[cm]?jsx?$/.test(subject)
    ? `A file beside the notebook is written with ./ in front: \`./${subject}\`. If it is a package: `
    : "";
}
