import type { Theme } from "./row.ts";

const json = `'data:application/json,{"ok":1}'`;

/** `await` stands wherever JavaScript allows it at the top of a module. */
export const awaits: Theme = {
  rows: [
    {
      what: "in front of a parenthesis that begins with await",
      cells: [`await (await fetch(${json})).json()`],
      seen: "{ ok: 1 }\n",
    },
    {
      what: "inside a parenthesis alone",
      cells: [`const answer = (await fetch(${json})).ok;\nanswer`],
      seen: "true\n",
    },
    { what: "a function on the spot", cells: ["await (async () => 5)()"], seen: "5\n" },
    {
      what: "a function on the spot, in a declaration",
      cells: ["const six = await (async () => 6)(); six"],
      seen: "6\n",
    },
    {
      what: "a condition in a parenthesis",
      cells: ["await (Math.random() > 2 ? null : Promise.resolve(8))"],
      seen: "8\n",
    },
    {
      what: "beside an import",
      cells: [
        "import { setTimeout as wait } from 'node:timers/promises';\nconst waited = await (await wait(1, async () => 'rested'))(); waited",
      ],
      seen: "rested\n",
    },
    {
      what: "in a loop's body",
      cells: ["for (const i of [1, 2]) console.log(await (async () => i)());"],
      seen: "1\n2\n",
    },
    {
      what: "in a template",
      cells: ["`${await Promise.resolve('in')} and ${(await Promise.resolve([1]))[0]}`"],
      seen: "in and 1\n",
    },
    {
      what: "in the conditions of if, while, do, for and switch",
      cells: [
        "let left = 2;\nif (await Promise.resolve(true)) while (await Promise.resolve(left > 0)) left--;\ndo left--; while (await Promise.resolve(false));\nfor (let i = await Promise.resolve(0); i < (await Promise.resolve(2)); i += await Promise.resolve(1)) left--;\nswitch (await Promise.resolve('a')) { case await Promise.resolve('a'): console.log(left); }",
      ],
      seen: "-3\n",
    },
    {
      what: "in try, catch and finally",
      cells: [
        "try { await Promise.reject(new Error('no')); } catch (error) { console.log(await Promise.resolve((error as Error).message)); } finally { console.log(await 'done'); }",
      ],
      seen: "no\ndone\n",
    },
    {
      what: "in default values of a destructuring",
      cells: [
        "const { port = await Promise.resolve(8000), [await Promise.resolve('host')]: host = 'here' } = {} as Record<string, any>;\nconsole.log(port, host);",
      ],
      seen: "8000 here\n",
    },
    {
      what: "in lists, objects, spreads and arguments",
      cells: [
        "console.log([await 1, ...(await Promise.resolve([2, 3]))], { a: await 4, ...(await Promise.resolve({ b: 5 })), [await 'c']: 6 }, Math.max(...(await Promise.resolve([7, 8]))));",
      ],
      seen: "[ 1, 2, 3 ] { a: 4, b: 5, c: 6 } 8\n",
    },
    {
      what: "in operators",
      cells: [
        "const sum = (await 1) + (await 2) * -(await 3), chosen = (await null) ?? (await 'other'), both = (await 0) || (await 9);\nconsole.log(sum, chosen, both, !(await true), typeof (await 1));",
      ],
      seen: "-5 other 9 false number\n",
    },
    {
      what: "in front of new, and in its arguments",
      cells: ["await new Promise<number>((resolve) => setTimeout(() => resolve(3), 1))"],
      seen: "3\n",
    },
    {
      what: "in an optional chain and an index",
      cells: [
        "const nothing = null as { deep: number[] } | null;\nconsole.log((await nothing)?.deep[0], [4, 5][await 1]);",
      ],
      seen: "undefined 5\n",
    },
    {
      what: "on the right of an assignment to a variable of an earlier cell",
      cells: [
        "let state = 'old';",
        "state = await Promise.resolve('new');\nstate += await '!';",
        "console.log(state);",
      ],
      seen: "new!\n",
    },
    {
      what: "in what a class extends and in its computed names",
      cells: [
        "class Kept extends (await Promise.resolve(Array<number>)) { static [await 'extra']() { return 5; } }\nconsole.log(Kept.of(1, 2).length, (Kept as any).extra());",
      ],
      seen: "2 5\n",
    },
    {
      what: "for await over promises, generators and streams",
      cells: [
        "import { Readable } from 'node:stream';\nasync function* pages() { yield 1; yield 2; }\nfor await (const page of pages()) console.log(page);\nfor await (const value of [Promise.resolve('a'), 'b']) console.log(value);\nfor await (const chunk of Readable.from(['x'])) console.log(chunk);",
      ],
      seen: "1\n2\na\nb\nx\n",
    },
    {
      what: "for await that is all of the cell, and keeps its variable",
      cells: ["var newest = 0;", "for await (newest of [1, 2, 3]);", "newest"],
      seen: "3\n",
    },
    {
      what: "several at once",
      cells: [
        "const [one, two] = await Promise.all([Promise.resolve(1), (async () => 2)()]);\nconsole.log(one, two, await Promise.allSettled([Promise.reject(3)]));",
      ],
      seen: "1 2 [ { status: 'rejected', reason: 3 } ]\n",
    },
    {
      what: "dynamic imports",
      cells: [
        "const fs = await import('node:fs');",
        "console.log(typeof fs.readFileSync, typeof (await import('node:path')).join);",
      ],
      seen: "function function\n",
    },
    {
      what: "the word await in a text, a comment and a property needs no waiting",
      cells: ["// await nothing\nconst await_ = { await: 'word' };\nconsole.log(await_.await, 'await (x)');"],
      seen: "word await (x)\n",
    },
    {
      what: "awaits only within functions",
      cells: [
        "const later = async () => await (await Promise.resolve(async () => 4))();\nlater().then(() => {});\nconst fixed = 1;",
        "console.log(fixed, await later());",
      ],
      seen: "1 4\n",
    },
    {
      what: "a promise as last value is shown as what it is, as in Node and Deno",
      cells: ["Promise.resolve('arrived')"],
      seen: "Promise { 'arrived' }\n",
    },
    {
      what: "… and the cell does not wait for it",
      cells: ["new Promise((resolve) => setTimeout(resolve, 200))"],
      seen: "Promise { <pending> }\n",
    },
    {
      what: "a cell that waits runs to its end before the next one",
      cells: [
        "let order = '';\nawait new Promise((resolve) => setTimeout(resolve, 20));\norder += 'first';",
        "order += ' second';\nconsole.log(order);",
      ],
      seen: "first second\n",
    },
    {
      what: "await using, and using",
      cells: [
        "{\n  using file = { [Symbol.dispose]: () => console.log('closed') };\n  await using server = { [Symbol.asyncDispose]: async () => console.log('stopped') };\n  console.log('open');\n}",
      ],
      seen: "open\nstopped\nclosed\n",
    },
    {
      what: "await where a function is not asynchronous is refused at its place",
      cells: ["const ask = () => {\n  return await fetch('x');\n};"],
      complaint: ["2:10 - ", "await"],
    },
    { what: "a value that is not a promise", cells: ["(await ({ plain: true })).plain"], seen: "true\n" },
  ],
};
