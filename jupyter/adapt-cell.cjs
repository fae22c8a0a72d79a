"use strict";

// Forms of legal TypeScript that tslab does not take are written in another way before it sees them, or pointed out to
// it; what the compiler then says is told of the cell as its reader wrote it.

const ts = require("@tslab/typescript-for-tslab");

/**
 * Gives the code that stands for a cell, and the way back from a place in that code to one in the cell.
 *
 * `{ model, messages }` becomes `{ model: model, … }`: only so is a variable of an earlier cell found. And an `export`
 * in front of a declaration is blanked out: tslab exports every declaration by itself, and refuses to do it twice.
 * `awaits` tells of a `for await` at the top, which tslab overlooks.
 */
exports.adaptCell = (cell) => {
  const source = ts.createSourceFile("cell.ts", cell, ts.ScriptTarget.Latest);
  const names = [];
  const visit = (node) => {
    if (ts.isShorthandPropertyAssignment(node)) names.push(node.name);
    ts.forEachChild(node, visit);
  };
  visit(source);
  const code = names.reduceRight(
    (text, name) => `${text.slice(0, name.end)}: ${name.text}${text.slice(name.end)}`,
    blankOutExports(cell, source),
  );
  const additions = names.map(({ end, text }) => ({ end, length: text.length + 2 }));
  return { code, toCell: (offset) => findInCell(offset, additions), awaits: hasForAwait(source) };
};

/** Whether a loop outside of any function waits for what it loops over. */
function hasForAwait(node) {
  if (ts.isFunctionLike(node)) return false;
  if (ts.isForOfStatement(node) && node.awaitModifier !== undefined) return true;
  return ts.forEachChild(node, (child) => hasForAwait(child) || undefined) ?? false;
}

function blankOutExports(cell, source) {
  const { ExportKeyword, DefaultKeyword } = ts.SyntaxKind;
  return source.statements.reduce((text, { modifiers: [first, second] = [] }) => {
    if (first?.kind !== ExportKeyword || second?.kind === DefaultKeyword) return text;
    return text.slice(0, first.end - "export".length) + " ".repeat("export".length) + text.slice(first.end);
  }, cell);
}

/** The place in the cell of a place in the code; what was added stands for the name that it repeats. */
function findInCell(offset, additions) {
  let added = 0;
  for (const { end, length } of additions) {
    if (offset < end + added) break;
    const beyond = offset - end - added;
    if (beyond > 0 && beyond < length) return end - length + Math.max(2, beyond);
    if (beyond >= length) added += length;
    else break;
  }
  return offset - added;
}
