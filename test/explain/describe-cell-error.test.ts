import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { InputError } from "../../lib/src/errors.ts";
import { describeCellError } from "../../lib/src/explain/describe-cell-error.ts";

const here = "  in line 2 of this cell: ask();";

describe("an error in a cell", () => {
  test("of the workbook is its own paragraph, without a place", () => {
    const error = new InputError("The price is -1.", { remedy: "Give a price above 0." });
    assert.equal(describeCellError(error, [here]), "InputError: The price is -1. Give a price above 0.");
  });

  test("that is known says what happened, what it means, what to do, and where", () => {
    class NotFoundError extends Error {
      readonly status = 404;
    }
    assert.equal(
      describeCellError(new NotFoundError("404 The model `nope` does not exist."), [here]),
      "NotFoundError: 404 The model `nope` does not exist.\n" +
        "The server does not serve a model of this name. Use one of the names that the error lists, spelled exactly the same (MODEL in .env); openEndpoint() takes the right one by itself.\n" +
        here,
    );
  });

  test("tells of no endpoint where the reader's own line could not read a text", () => {
    const invalid = Object.assign(new TypeError("Invalid URL"), { code: "ERR_INVALID_URL" });
    for (const error of [new SyntaxError("Unexpected end of JSON input"), invalid]) {
      assert.match(describeCellError(error, [here]), /OPENAI_BASE_URL/);
      assert.equal(
        describeCellError(error, [here], { isReaders: true }),
        `${error.name}: ${error.message}\n${here}`,
      );
    }
    const refused = Object.assign(new Error("404 The model `nope` does not exist."), { status: 404 });
    assert.match(describeCellError(refused, [here], { isReaders: true }), /does not serve a model/);
  });

  test("that is the reader's own says what happened and where, and explains nothing", () => {
    assert.equal(
      describeCellError(new TypeError("book.open is not a function"), [here]),
      `TypeError: book.open is not a function\n${here}`,
    );
  });

  test("of a schema lists its fields as sentences", () => {
    const { error } = z.object({ title: z.string(), pages: z.array(z.int()) }).safeParse({ pages: [1.5] });
    const [words] = describeCellError(error).split("\n");
    assert.equal(
      words,
      "ZodError: title: Invalid input: expected string, received undefined; pages.0: Invalid input: expected int, received number",
    );
  });

  test("shows neither a key nor whose machine it is", () => {
    const home = process.env["HOME"];
    process.env["HOME"] = "/home/canary";
    try {
      const root = new URL("../..", import.meta.url).href;
      const error = new Error(
        `Cannot find module '${root}lib/x.js' in /home/canary/work with sk-canary-key\nRequire stack:\n- /home/canary/work/y.js`,
      );
      assert.match(
        describeCellError(error),
        /^Error: Cannot find module 'lib\/x\.js' in ~\/work with sk-…(\n|$)/,
      );
      assert.doesNotMatch(describeCellError(error), /canary|Require stack/);
    } finally {
      process.env["HOME"] = home;
    }
  });

  test("shows no folder of this machine, also where an address spells it with percent signs", () => {
    const home = process.env["HOME"];
    process.env["HOME"] = "/home/canary größer";
    try {
      const address = "file:///home/canary%20gr%C3%B6%C3%9Fer/work/x.js";
      assert.match(describeCellError(new Error(`no ${address}`)), /^Error: no ~\/work\/x\.js(\n|$)/);
    } finally {
      process.env["HOME"] = home;
    }
  });

  test("of an import at run time tells a file from a package, and a package of one's own from the workbook's", () => {
    const notFound = (message: string) =>
      describeCellError(Object.assign(new Error(message), { code: "ERR_MODULE_NOT_FOUND" }));
    const here = fileURLToPath(new URL("../..", import.meta.url));
    const file = notFound(`Cannot find module '${here}notebooks/gone.ts' imported from ${here}jupyter/x.ts`);
    assert.match(
      file,
      /^Error: Cannot find module 'notebooks\/gone\.ts'\nThere is no file notebooks\/gone\.ts at/,
    );
    assert.doesNotMatch(file, /npm|jupyter/);
    const own = notFound(`Cannot find package 'lodash' imported from ${here}jupyter/x.ts`);
    assert.match(own, /^Error: Cannot find package 'lodash'\n.*`npm install --save-exact lodash`/);
    for (const importer of ["lib/dist/index.js", "node_modules/openai/index.mjs"]) {
      const ours = notFound(`Cannot find package 'zod' imported from ${here}${importer}`);
      assert.match(ours, /\nA package that the workbook needs is not installed\. Run `npm run setup`/);
    }
    const required = `Cannot find module 'lodash'\nRequire stack:\n- ${here}notebooks/cell.js`;
    assert.match(notFound(required), /^Error: Cannot find module 'lodash'\n.*--save-exact lodash/);
  });

  test("of an import from the network, and of require() of what waits, says what to do instead", () => {
    const scheme = Object.assign(
      new Error("Only URLs with a scheme in: file, data, and node are supported."),
      {
        code: "ERR_UNSUPPORTED_ESM_URL_SCHEME",
      },
    );
    assert.match(describeCellError(scheme), /\nA cell imports files, .* nothing from the network\. Install/);
    const waits = Object.assign(new Error("require() cannot be used on an ESM graph with top-level await."), {
      code: "ERR_REQUIRE_ASYNC_MODULE",
    });
    assert.match(
      describeCellError(waits),
      /which require\(\) cannot do\. Load it with `import` or `await import\(\)`/,
    );
  });

  test("of a name that only pages have says so, and of other mistakes nothing", () => {
    assert.match(
      describeCellError(new ReferenceError("localStorage is not defined")),
      /^ReferenceError: localStorage is not defined\nThe name localStorage belongs to web pages/,
    );
    for (const error of [
      new ReferenceError("shelf is not defined"),
      new RangeError("Maximum call stack size exceeded"),
      new RangeError("Invalid array length"),
      new TypeError("shelf is not iterable"),
      new TypeError("Assignment to constant variable."),
    ]) {
      assert.equal(describeCellError(error, [here]), `${error.name}: ${error.message}\n${here}`);
    }
  });

  test("hides a key that stands in a message of the workbook's own", () => {
    const error = new InputError("The server said: Incorrect API key provided: canary.", {
      remedy: "Ask again.",
    });
    assert.equal(
      describeCellError(error),
      "InputError: The server said: Incorrect API key provided: … Ask again.",
    );
  });

  test("without words shows its name and no stack, and of several errors what the first one says", () => {
    assert.equal(describeCellError(new RangeError(), [here]), `RangeError: no message\n${here}`);
    const all = new AggregateError([new Error("connect ECONNREFUSED ::1:8000")], "");
    assert.match(describeCellError(all), /^AggregateError: connect ECONNREFUSED ::1:8000\nNothing listens/);
  });

  test("need not be an error: whatever is thrown is shown", () => {
    assert.equal(describeCellError("just text"), "just text");
    assert.equal(describeCellError({ reason: 7 }), "{ reason: 7 }");
    assert.equal(describeCellError(undefined), "undefined");
  });
});
