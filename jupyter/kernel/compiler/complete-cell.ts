import type { CompletionEntry, LanguageService, Program, Symbol as TsSymbol } from "typescript-6";
import { ts } from "./compiler.ts";

/** What could stand at a place of a cell, the likeliest first, and which part of the text that would replace. */
export interface Completion {
  start: number;
  end: number;
  candidates: Candidate[];
}

interface Candidate {
  text: string;
  /** What it is, in one word: `function`, `property`, `keyword`. */
  type: string;
}

/** Lists what could stand at a place of a file. What is replaced is the whole word, but nothing right of an empty one. */
export function completeAt(options: {
  service: LanguageService;
  file: string;
  offset: number;
  /** Modules that can be imported: the compiler lists those of Node, and what `package.json` asks for. */
  modules: ReadonlySet<string>;
}): Completion {
  const { service, file, offset, modules } = options;
  const isInComment = service.getSpanOfEnclosingComment(file, offset, false) !== undefined;
  const found = isInComment
    ? undefined
    : service.getCompletionsAtPosition(file, offset, {
        includeSymbol: true,
        // A file is imported by its whole name.
        importModuleSpecifierEnding: "js",
      });
  const program = service.getProgram();
  const text = program?.getSourceFile(file)?.text ?? "";
  const word = found?.optionalReplacementSpan ?? wordAround(text, offset);
  const fitting = withModules(found?.entries ?? [], modules)
    .map((entry) => {
      const span = entry.replacementSpan ?? word;
      const typed = text.slice(span.start, offset);
      return { entry, span, typed, rank: rankOf(entry, typed) };
    })
    .filter(({ entry, typed }) => entry.name.toLowerCase().startsWith(typed.toLowerCase()))
    .toSorted((one, other) => (one.rank < other.rank ? -1 : Number(one.rank > other.rank)));
  const start = Math.min(offset, ...fitting.map(({ span }) => span.start));
  const end = Math.max(
    offset,
    ...fitting.map(({ span, typed }) => (typed === "" ? 0 : span.start + span.length)),
  );
  const candidates = fitting.map(({ entry, span }) => ({
    text: text.slice(start, span.start) + entry.name,
    type: typeOf(entry, program),
  }));
  return { start, end, candidates };
}

function withModules(entries: readonly CompletionEntry[], modules: ReadonlySet<string>): CompletionEntry[] {
  const kind = ts.ScriptElementKind.externalModuleName;
  const other = entries.find((entry) => entry.kind === kind);
  const listed = new Set(entries.map(({ name }) => name));
  const missing = other === undefined ? [] : [...modules].filter((name) => !listed.has(name));
  return [...missing.map((name) => ({ ...other, name, kind, sortText: "" })), ...entries];
}

function wordAround(text: string, offset: number): { start: number; length: number } {
  const before = /#?[\p{ID_Continue}$]*$/u.exec(text.slice(0, offset))?.[0] ?? "";
  const after = /^[\p{ID_Continue}$]*/u.exec(text.slice(offset))?.[0] ?? "";
  return { start: offset - before.length, length: before.length + after.length };
}

/** Texts that a type lists come first, then the reader's own names and members, then those of the language. */
function rankOf({ kind, sortText, name }: CompletionEntry, typed: string): string {
  const kindRank = kind === ts.ScriptElementKind.string ? "" : sortText;
  return `${kindRank} ${/^[_$]/.test(name) ? 1 : 0}${name.startsWith(typed) ? 0 : 1}`;
}

/** How symbols are called; the first that fits counts. */
const typesOfSymbols = [
  [ts.SymbolFlags.Class, "class"],
  [ts.SymbolFlags.Function, "function"],
  [ts.SymbolFlags.Enum, "enum"],
  [ts.SymbolFlags.Variable, "variable"],
  [ts.SymbolFlags.Module, "module"],
  [ts.SymbolFlags.Type, "type"],
] as const;

/** Names of earlier cells and of packages are aliases to the compiler; a reader wants to know of what. */
function typeOf({ kind, symbol }: CompletionEntry, program: Program | undefined): string {
  if (kind !== ts.ScriptElementKind.alias || symbol === undefined || program === undefined)
    return kind.replace(/^(local|external) /, "").replace(/ name$/, "");
  const { flags } = resolve(symbol, program);
  return typesOfSymbols.find(([flag]) => (flags & flag) !== 0)?.[1] ?? "variable";
}

function resolve(symbol: TsSymbol, program: Program): TsSymbol {
  const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
  return isAlias ? program.getTypeChecker().getAliasedSymbol(symbol) : symbol;
}
