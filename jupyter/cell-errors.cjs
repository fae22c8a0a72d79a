"use strict";

// Errors in cells as a reader needs them: one paragraph, and the line of the reader's own code. tslab alone prints a
// stack of itself, with this machine's paths.

const { format } = require("node:util");

/** How many of the reader's own lines are shown: the one that failed, and who called it. */
const mostPlaces = 3;

/** Remembers the cells that are run, by which it finds the reader's lines in an error's stack. */
exports.createCellErrors = () => {
  /** @type {{ source: string[], emitted: string[] }[]} */
  const cells = [];
  return {
    /** Gives the code that a cell became a name, which stacks repeat. */
    nameCell(source, emitted) {
      const number = cells.push({ source: source.split("\n"), emitted: emitted.split("\n") }) - 1;
      return `${emitted}\n//# sourceURL=workbook-cell-${number}`;
    },
    /** Describes what a cell threw, or what the compiler says of it in parts of a text. */
    describe(...parts) {
      const [error] = parts.length === 1 ? parts : [format(...parts)];
      return describe(error, findPlaces(error, cells));
    },
  };
};

function describe(error, places) {
  try {
    return require("workbook/explain").describeCellError(error, places);
  } catch {
    // The library cannot be loaded, which may be the very error.
    return [error instanceof Error ? `${error.name}: ${error.message}` : format(error), ...places].join("\n");
  }
}

function findPlaces(error, cells) {
  if (typeof error?.stack !== "string") return [];
  const places = [];
  for (const [, cell, line] of error.stack.matchAll(/\bworkbook-cell-(\d+):(\d+):\d+/g)) {
    // A message may name a cell that never was.
    if (cells[cell] === undefined) continue;
    const place = findPlace(cells[cell], Number(line));
    // The line after a cell's code is tslab's own.
    if (place === null) continue;
    const where = Number(cell) === cells.length - 1 ? "this cell" : "an earlier cell";
    const lead = places.length === 0 ? "in" : "called in";
    if (places.length === mostPlaces) break;
    places.push(`  ${lead} ${place.line === null ? "" : `line ${place.line} of `}${where}: ${place.code}`);
  }
  return places.slice(0, mostPlaces);
}

/** Finds what the reader wrote by its words: the code that runs lacks types and has names of tslab's own. */
function findPlace({ source, emitted }, emittedLine) {
  const ran = emitted[emittedLine - 1] ?? "";
  const words = wordsOf(ran);
  if (words.size === 0) return null;
  const [best] = source
    .map((text, index) => {
      const likeness = likenessOf(wordsOf(text), words);
      return { code: text.trim(), line: index + 1, likeness, distance: Math.abs(index + 1 - emittedLine) };
    })
    .sort((one, other) => other.likeness - one.likeness || one.distance - other.distance);
  return best !== undefined && best.likeness >= 0.5 ? best : { code: ran.trim(), line: null };
}

function wordsOf(code) {
  const words = code.match(/[\w$]+/g) ?? [];
  return new Set(words.filter((word) => !/^(exports|tsLastExpr|default|0|\w+_\d+)$/.test(word)));
}

/** The share of words that two lines have in common, from 0 to 1. */
function likenessOf(one, other) {
  return one.intersection(other).size / one.union(other).size;
}
