import type {
  CallExpression,
  JSDocTagInfo,
  LanguageService,
  NewExpression,
  Node,
  QuickInfo,
  SourceFile,
  SymbolDisplayPart,
} from "typescript-6";
import { ts } from "./compiler.ts";
import { hideCells } from "./read-complaints.ts";

/** What is known of a name, in the forms in which Jupyter shows it. */
export interface Description {
  plain: string;
  markdown: string;
}

/** Describes what stands at a place of a file: its type, and what its author says of it; in a call, the function. */
export function describePlace(options: {
  service: LanguageService;
  file: string;
  offset: number;
  /** Where the cell begins in the file; above it stand the names of earlier cells. */
  above: number;
  /** How many characters of a type are shown. */
  mostCharacters: number;
}): Description | null {
  const { service, file, offset, above, mostCharacters } = options;
  const source = service.getProgram()?.getSourceFile(file);
  if (source === undefined) return null;
  for (const place of [offset, ...calledAt(source, offset)]) {
    const info = service.getQuickInfoAtPosition(file, place, mostCharacters);
    if (info === undefined || !isKnown(info)) continue;
    const definition = service
      .getDefinitionAtPosition(file, place)
      ?.find(({ fileName }) => fileName === file);
    const start = definition?.textSpan.start ?? above;
    if (start >= above) return describe(info, info);
    // `declare let name: typeof import("./__cell_1__").name;` has no comment; what it ends with, has.
    const origin = service.getQuickInfoAtPosition(file, source.text.indexOf(";", start) - 1);
    return describe(info, origin ?? info);
  }
  return null;
}

/** Of a name that the compiler does not know it says `any`, and no more. */
function isKnown({ displayParts = [] }: QuickInfo): boolean {
  return displayParts.length > 1;
}

/** Where the names of the functions end in whose calls a place is, the innermost first. */
function calledAt(source: SourceFile, offset: number): number[] {
  const calls: number[] = [];
  // What is not closed ends before the blanks behind it.
  const place = source.text.slice(0, offset).trimEnd().length;
  const visit = (node: Node): void => {
    if (place < node.pos || place > node.end) return;
    if (ts.isFunctionLike(node)) calls.length = 0;
    if ((ts.isCallExpression(node) || ts.isNewExpression(node)) && isInArguments(node, source, place))
      calls.unshift(node.expression.end - 1);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return calls;
}

function isInArguments(node: CallExpression | NewExpression, source: SourceFile, place: number): boolean {
  const isBehind = place === node.end && source.text[place - 1] === ")";
  return node.arguments !== undefined && place >= node.arguments.pos && !isBehind;
}

function describe({ displayParts }: QuickInfo, { documentation, tags = [] }: QuickInfo): Description {
  // Below a name that was imported stands its import.
  const [signature = ""] = hideCells(read(displayParts))
    .replace(/^\(alias\) /gm, "")
    .split("\nimport ", 1);
  const author = read(documentation);
  const told = tags
    .filter(({ name, text = [] }) => name === "deprecated" || text.length > (name === "param" ? 1 : 0))
    .toSorted((one, other) => Number(other.name === "deprecated") - Number(one.name === "deprecated"));
  return {
    plain: [signature, author, told.map((tag) => `@${tag.name} ${read(tag.text)}`.trim()).join("\n")]
      .filter((part) => part !== "")
      .join("\n\n"),
    markdown: [`\`\`\`typescript\n${signature}\n\`\`\``, author, ...told.map(toMarkdown)]
      .filter((part) => part !== "")
      .join("\n\n"),
  };
}

function toMarkdown({ name, text }: JSDocTagInfo): string {
  const words = read(text, (parameter) => `\`${parameter}\``);
  const isBareCode = name === "example" && !words.includes("```");
  return `**@${name}** ${isBareCode ? `\n\`\`\`typescript\n${words}\n\`\`\`` : words}`.trim();
}

/** Links are shown as their text, or as the name that they lead to. */
function read(parts: readonly SymbolDisplayPart[] = [], parameter = (name: string) => name): string {
  return parts
    .map(({ kind, text }, index) => {
      if (kind === "parameterName") return parameter(text);
      const next = parts[index + 1];
      const isReplaced = kind === "linkName" && next?.kind === "linkText" && next.text.trim() !== "";
      if (kind === "link" || isReplaced) return "";
      return kind.startsWith("link") ? text.trim() : text;
    })
    .join("");
}
