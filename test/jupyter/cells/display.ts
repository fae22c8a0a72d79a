import type { Theme } from "./row.ts";

/** What the last value of a cell shows. */
export const display: Theme = {
  rows: [
    { what: "undefined shows nothing", cells: ["undefined"] },
    { what: "a call without a result shows nothing", cells: ["[1].forEach(() => {})"] },
    { what: "an awaited call without a result shows nothing", cells: ["await Promise.resolve()"] },
    { what: "null", cells: ["null"], seen: "null\n" },
    { what: "a text, as it is, with its lines", cells: ["'two\\nlines'"], seen: "two\nlines\n" },
    { what: "a number", cells: ["42"], seen: "42\n" },
    { what: "a truth", cells: ["1 > 2"], seen: "false\n" },
    {
      what: "a function without a name",
      cells: ["(text: string) => text.length"],
      seen: "[Function (anonymous)]\n",
    },
    {
      what: "a large integer and a symbol",
      cells: ["[10n, Symbol('mark')]"],
      seen: "[ 10n, Symbol(mark) ]\n",
    },
    {
      what: "an object, with numbers rounded to what they mean",
      cells: ["({ share: 0.032266666666666666, requests: 128, name: 'A40' })"],
      seen: "{ share: 0.0323, requests: 128, name: 'A40' }\n",
    },
    {
      what: "console.log prints numbers as they are",
      cells: ["console.log({ share: 0.032266666666666666 });"],
      seen: "{ share: 0.032266666666666666 }\n",
    },
    {
      what: "a value that is shown is not changed",
      cells: ["const figures = { share: 0.032266666666666666 };\nfigures", "console.log(figures.share);"],
      seen: "0.032266666666666666\n",
    },
    { what: "empty lists and objects", cells: ["[[], {}]"], seen: "[ [], {} ]\n" },
    {
      what: "maps, sets and dates",
      cells: ["[new Map([['a', 1]]), new Set([2]), new Date(0)]"],
      seen: "[ Map(1) { 'a' => 1 }, Set(1) { 2 }, 1970-01-01T00:00:00.000Z ]\n",
    },
    {
      what: "a function keeps its name",
      cells: ["function greet() {}\nconst wave = () => {};", "console.log(wave);\ngreet"],
      seen: "[Function: wave]\n[Function: greet]\n",
    },
    {
      what: "a class keeps its name",
      cells: ["class Shelf { books = 2; }", "class Attic extends Shelf {}\nconsole.log(Attic);\nShelf"],
      seen: "[class Attic extends Shelf]\n[class Shelf]\n",
    },
    { what: "an object of a class", cells: ["new Shelf()"], seen: "Shelf { books: 2 }\n" },
    {
      what: "an enum and a namespace, as objects",
      cells: ["enum Size { Small, Big = 'big' }\nSize"],
      seen: "{ '0': 'Small', Small: 0, Big: 'big' }\n",
    },
    {
      what: "a list of plain objects: a table",
      cells: ["[{ gpu: 'A40', memory: 48 }, { gpu: 'H100', memory: 80 }]"],
      displayed: ["gpu   memory\n────  ──────\nA40       48\nH100      80"],
    },
    {
      what: "a frame: a table",
      cells: [
        "import pl from 'nodejs-polars';\nconst frame = pl.DataFrame({ gpu: ['A40', 'H100'], memory: [48, 80] });",
        "frame",
      ],
      displayed: ["gpu   memory\n────  ──────\nA40       48\nH100      80"],
    },
    {
      what: "what is printed comes before what is shown",
      cells: ["console.log('before');\n'shown'"],
      seen: "before\nshown\n",
    },
    {
      what: "console.log with formats, several values and none",
      cells: [
        "console.log('%s has %d', 'A40', 48, { more: true });\nconsole.log();\nconsole.log(undefined, null);",
      ],
      seen: "A40 has 48 { more: true }\n\nundefined null\n",
    },
    {
      what: "process.stdout.write",
      cells: ["process.stdout.write('no line end');\nconst quiet = 1;"],
      seen: "no line end",
    },
    {
      what: "console.table, console.info and console.debug",
      cells: [
        "console.info('info');\nconsole.debug('debug');\nconsole.group('group');\nconsole.log('inside');\nconsole.groupEnd();\nconsole.log('outside');",
      ],
      seen: "info\ndebug\ngroup\n  inside\noutside\n",
    },
    {
      what: "console.warn and console.error with a text",
      cells: ["console.warn('careful');\nconsole.error('%d wrong', 2);"],
      status: "ok",
      complaint: "careful\n2 wrong",
    },
    {
      what: "an object with a form of its own",
      cells: ["import { inspect } from 'node:util';\n({ [inspect.custom]: () => 'my own form' })"],
      seen: "my own form\n",
    },
    {
      what: "a getter that fails, and an object that holds itself",
      cells: ["const loop: any = { get bad() { throw new Error('no'); } };\nloop.self = loop;\nloop"],
      seen: ["self: [Circular *1]"],
    },
    {
      what: "proxies, generators and objects without a prototype",
      cells: ["function* none() {}\n[new Proxy({ a: 1 }, {}), none(), Object.create(null)]"],
      seen: "[ { a: 1 }, Object [Generator] {}, [Object: null prototype] {} ]\n",
    },
    {
      what: "a long list, shortened as Node does",
      cells: ["Array.from({ length: 200 }, (_, k) => k)"],
      seen: ["... 100 more items\n"],
    },
  ],
};
