import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Expression, Node } from "typescript/unstable/ast";
import {
  isArrayLiteralExpression,
  isBinaryExpression,
  isCallExpression,
  isIdentifier,
  isNewExpression,
  isNoSubstitutionTemplateLiteral,
  isPropertyAccessExpression,
  isRegularExpressionLiteral,
  isStringLiteral,
  isTaggedTemplateExpression,
  isTemplateExpression,
  isVariableDeclaration,
} from "typescript/unstable/ast/is";
import { loadKnownErrors } from "../../../lib/src/facts/index.ts";
import { projectRoot } from "../list-imports.ts";
import { listNodes, placeOf, readSyntax } from "./read-syntax.ts";

/** A regular expression of the project. */
export interface FoundPattern {
  /** File and line. */
  place: string;
  source: string;
  flags: string;
}

/** Lists every regular expression of the project: in TypeScript, JavaScript, Python, and the table of known errors. */
export function listPatterns(): FoundPattern[] {
  const python = globSync(["lib/{pod,router}/*.py", "jupyter/*.py"], { cwd: projectRoot }).sort();
  const files = readSyntax().map(({ file, syntax }) => ({ file, syntax, nodes: listNodes(syntax) }));
  const constants = files.flatMap(({ file, nodes }) => readConstants(file, nodes));
  return [
    ...files.flatMap(({ file, syntax, nodes }) => {
      // The file's own constants come before those of the same name elsewhere.
      const known = new Map(
        [...constants, ...constants.filter((one) => one.file === file)].map((one) => [one.name, one.value]),
      );
      return nodes.flatMap((node) => {
        const found = readPattern(node, known);
        return found === null ? [] : [{ ...found, place: placeOf(file, syntax, node) }];
      });
    }),
    ...python.flatMap((file) => readPython(file, readFileSync(join(projectRoot, file), "utf8"))),
    ...loadKnownErrors().flatMap(({ id, pattern }) =>
      pattern === null ? [] : [{ ...pick(pattern), place: `lib/data/known-errors.csv, ${id}` }],
    ),
  ];
}

type Constants = ReadonlyMap<string, Expression>;

function readConstants(file: string, nodes: readonly Node[]) {
  return nodes.flatMap((node) =>
    isVariableDeclaration(node) && isIdentifier(node.name) && node.initializer !== undefined
      ? [{ file, name: node.name.text, value: node.initializer }]
      : [],
  );
}

type Written = Omit<FoundPattern, "place">;

function readPattern(node: Node, constants: Constants): Written | null {
  if (isRegularExpressionLiteral(node)) {
    // A part of another pattern is tried there.
    const isPart = isPropertyAccessExpression(node.parent) && node.parent.name.text === "source";
    return isPart ? null : splitLiteral(node.text);
  }
  if (!(isNewExpression(node) || isCallExpression(node))) return null;
  if (!isIdentifier(node.expression) || node.expression.text !== "RegExp") return null;
  const [source, flags] = node.arguments ?? [];
  if (source === undefined) return null;
  return { source: fold(source, constants), flags: flags === undefined ? "" : fold(flags, constants) };
}

function splitLiteral(literal: string): Written {
  const end = literal.lastIndexOf("/");
  return { source: literal.slice(1, end), flags: literal.slice(end + 1) };
}

function pick({ source, flags }: RegExp): Written {
  return { source, flags };
}

/** The text that an expression stands for; for what is known only later, such as a name from a file, a word. */
function fold(node: Expression, constants: Constants): string {
  const known = (inside: Expression) => fold(inside, constants);
  if (isStringLiteral(node) || isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (isRegularExpressionLiteral(node)) return splitLiteral(node.text).source;
  if (isTaggedTemplateExpression(node)) return foldRaw(node.template, constants);
  if (isTemplateExpression(node)) {
    const spans = node.templateSpans.map(({ expression, literal }) => known(expression) + literal.text);
    return node.head.text + spans.join("");
  }
  if (isBinaryExpression(node)) return known(node.left) + known(node.right);
  if (isPropertyAccessExpression(node) && node.name.text === "source") return known(node.expression);
  if (isCallExpression(node) && isPropertyAccessExpression(node.expression)) {
    const list = node.expression.expression;
    const [between] = node.arguments;
    if (isArrayLiteralExpression(list)) {
      return list.elements.map(known).join(between === undefined ? "" : known(between));
    }
  }
  const declared = isIdentifier(node) ? constants.get(node.text) : undefined;
  if (declared !== undefined) return known(declared);
  return "name";
}

/** `String.raw` keeps what stands in the file. */
function foldRaw(template: Node, constants: Constants): string {
  const text = template.getText();
  if (!isTemplateExpression(template)) return text.slice(1, -1);
  const spans = template.templateSpans.map(
    ({ expression, literal }) => fold(expression, constants) + rawOf(literal),
  );
  return rawOf(template.head) + spans.join("");
}

function rawOf(part: Node): string {
  return part
    .getText()
    .replace(/^[`}]/, "")
    .replace(/(?:\$\{|`)$/, "");
}

/** Of Python's calls only such with the pattern in place are read; another one is no pattern, and so fails. */
function readPython(file: string, text: string): FoundPattern[] {
  return [...text.matchAll(/\bre\.[a-z]+\(\s*(?:r?"([^"\n]*)")?/g)].map(({ index, 1: source = "(" }) => ({
    place: `${file}:${text.slice(0, index).split("\n").length}`,
    source: source.replaceAll("(?P<", "(?<"),
    flags: "",
  }));
}
