import type {
  BindingName,
  ExportDeclaration,
  Identifier,
  ImportDeclaration,
  Node,
  SourceFile,
  Statement,
  VariableDeclarationList,
} from "typescript-6";
import { hasModifier, isAtTop } from "./cell-syntax.ts";
import { ts } from "./compiler.ts";

/**
 * How later cells get at a name: a `variable` may be assigned, a `constant` not; a `type` is no value; a `declaration`
 * (a function, a class, an import) may be a value, a type or both; something `ambient` exists outside of the cells.
 */
export type NameKind = "variable" | "constant" | "type" | "declaration" | "ambient";

/** A name that a cell declares at its top. */
export interface DeclaredName {
  name: string;
  kind: NameKind;
  /** Whether the reader exports it. */
  isExported: boolean;
  /** Whether it is a `var`, which has a value from the beginning of the cell on: `undefined`. */
  isVar: boolean;
}

/** Lists the names that a cell declares at its top, each once; `var` declares one there from within blocks, too. */
export function listNames(source: SourceFile): DeclaredName[] {
  const names = new Map<string, DeclaredName>();
  const add = (name: string, kind: NameKind, statement?: Statement, isVar = false) => {
    const earlier = names.get(name);
    const isExported = statement !== undefined && hasModifier(statement, ts.SyntaxKind.ExportKeyword);
    // A name that is declared twice, such as an interface and a constant, is a value and a type.
    const merged = earlier === undefined || earlier.kind === kind ? kind : "declaration";
    names.set(name, { name, kind: merged, isExported: isExported || earlier?.isExported === true, isVar });
  };
  for (const statement of source.statements) {
    const ambient = hasModifier(statement, ts.SyntaxKind.DeclareKeyword) ? "ambient" : null;
    for (const list of variableLists(statement)) {
      const scope = list.flags & ts.NodeFlags.BlockScoped;
      const kind = scope > ts.NodeFlags.Let ? "constant" : "variable";
      for (const { name } of list.declarations)
        for (const one of namesIn(name)) add(one, ambient ?? kind, statement, scope === 0);
    }
    if (ts.isImportDeclaration(statement)) {
      for (const one of importedNames(statement)) add(one, "declaration");
    } else if (isNamed(statement)) {
      const isType = ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
      add(statement.name.text, isType ? "type" : (ambient ?? "declaration"), statement);
    }
  }
  const listed = new Set(source.statements.filter(ts.isExportDeclaration).flatMap(listedNames));
  return [...names.values()].map((one) => (listed.has(one.name) ? { ...one, isExported: true } : one));
}

/** The names that `export { … }` exports as they are. */
function listedNames({ exportClause, moduleSpecifier }: ExportDeclaration): string[] {
  if (exportClause === undefined || !ts.isNamedExports(exportClause) || moduleSpecifier !== undefined)
    return [];
  return exportClause.elements
    .filter(({ propertyName }) => propertyName === undefined)
    .map(({ name }) => name.text);
}

function isNamed(statement: Statement): statement is Statement & { name: Identifier } {
  const isDeclaration =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isEnumDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isImportEqualsDeclaration(statement) ||
    (ts.isModuleDeclaration(statement) && (statement.flags & ts.NodeFlags.GlobalAugmentation) === 0);
  return isDeclaration && statement.name !== undefined && ts.isIdentifier(statement.name);
}

function variableLists(node: Node): VariableDeclarationList[] {
  const own = ts.isVariableDeclarationList(node) && isAtTop(node) ? [node] : [];
  const inner: VariableDeclarationList[] = [];
  ts.forEachChild(node, (child) => {
    inner.push(...variableLists(child));
  });
  return [...own, ...inner];
}

function namesIn(name: BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isOmittedExpression(element) ? [] : namesIn(element.name)));
}

function importedNames({ importClause }: ImportDeclaration): string[] {
  const bindings = importClause?.namedBindings;
  const named = bindings === undefined ? [] : ts.isNamespaceImport(bindings) ? [bindings] : bindings.elements;
  return [importClause?.name?.text, ...named.map(({ name }) => name.text)].filter((one) => one !== undefined);
}
