import type { Theme } from "./row.ts";

/** What a cell declares is there in every later cell, and is the same thing for all of them. */
export const declarations: Theme = {
  rows: [
    {
      what: "let: a later value counts for functions of earlier cells",
      cells: [
        "let temperature = 0.7; const request = () => ({ temperature });",
        "temperature = 0;\nconsole.log(request());",
      ],
      seen: "{ temperature: 0 }\n",
    },
    {
      what: "let: what a function sets is seen by later cells",
      cells: [
        "let total = 0; function add(amount: number) { total += amount; }",
        "total = 100;\nadd(1);\ntotal",
      ],
      seen: "101\n",
    },
    {
      what: "let without a value gets one later",
      cells: ["let answer: string;", 'answer = "yes";', "console.log(answer)"],
      seen: "yes\n",
    },
    { what: "const", cells: ["const limit = 8;", "limit + 1"], seen: "9\n" },
    { what: "var", cells: ["var plain = 1;", "plain += 1;\nconsole.log(plain);"], seen: "2\n" },
    {
      what: "var in a block and in a loop",
      cells: [
        "for (var step = 0; step < 3; step++) { var seenLast = step; }",
        "console.log(step, seenLast);",
      ],
      seen: "3 2\n",
    },
    {
      what: "var, before its line",
      cells: [
        "console.log(typeof hoisted, early());\nvar hoisted = 1;\nfunction early() { return 'early'; }",
      ],
      seen: "undefined early\n",
    },
    {
      what: "let of a loop belongs to the loop",
      cells: [
        "let round = 'outer';\nconst asked: (() => number)[] = [];\nfor (let round = 0; round < 3; round++) asked.push(() => round);",
        "console.log(round, asked.map((ask) => ask()));",
      ],
      seen: "outer [ 0, 1, 2 ]\n",
    },
    {
      what: "a block's own variable leaves the cell's alone",
      cells: ["let depth = 1;\n{ let depth = 2; depth += 1; }", "console.log(depth);"],
      seen: "1\n",
    },
    {
      what: "a parameter of the same name leaves it alone",
      cells: [
        "let model = 'small';\nconst shout = (model: string) => { model = model.toUpperCase(); return model; };",
        "console.log(shout('big'), model);",
      ],
      seen: "BIG small\n",
    },
    {
      what: "a variable that a catch clause names leaves it alone",
      cells: [
        "let problem = 'none';\ntry { throw 'some'; } catch (problem) { problem = 'caught'; }",
        "console.log(problem);",
      ],
      seen: "none\n",
    },
    {
      what: "destructuring with defaults, rest and nesting",
      cells: [
        "const { a: { b = 2, ...others }, list: [head, , third = 3, ...tail] } = { a: { c: 1, d: 4 } as { b?: number; c: number; d: number }, list: [1, 0, undefined, 5, 6] };",
        "console.log(b, others, head, third, tail);",
      ],
      seen: "2 { c: 1, d: 4 } 1 3 [ 5, 6 ]\n",
    },
    {
      what: "assigning by destructuring",
      cells: [
        "let left = 1, right = 2;\nconst both = () => [left, right];",
        "[left, right] = [right, left];\n({ left = 9 } = { left: undefined });\nconsole.log(both());",
      ],
      seen: "[ 9, 1 ]\n",
    },
    {
      what: "a loop that assigns a variable of an earlier cell",
      cells: [
        "let current = 0; let key = '';\nconst now = () => `${key}${current}`;",
        "for (current of [4, 5]);\nfor (key in { one: 1, two: 2 });\nconsole.log(now());",
      ],
      seen: "two5\n",
    },
    {
      what: "every kind of assignment",
      cells: [
        "let n = 5; let text: string | null = null; let big = 2n; const readAll = () => [n, text, big];",
        "n++; --n; n **= 2; n %= 7; n <<= 2; text ??= 'x'; text ||= 'y'; text &&= 'z'; big *= 3n;\nconsole.log(readAll(), n--, n);",
      ],
      seen: "[ 16, 'z', 6n ] 16 15\n",
    },
    {
      what: "functions may call each other, also a later one",
      cells: [
        "function isEven(k: number): boolean { return k === 0 || isOdd(k - 1); }\nfunction isOdd(k: number): boolean { return k !== 0 && isEven(k - 1); }",
        "isEven(10)",
      ],
      seen: "true\n",
    },
    {
      what: "closures, as counters",
      cells: [
        "const createCounter = () => { let count = 0; return () => ++count; };\nconst counter = createCounter();",
        "counter();",
        "console.log(counter(), createCounter()());",
      ],
      seen: "2 1\n",
    },
    {
      what: "a history that is emptied",
      cells: [
        "let history: string[] = []; const ask = (question: string) => { history.push(question); return history.length; };",
        "ask('a'); history = []; ask('b');\nconsole.log(history);",
      ],
      seen: "[ 'b' ]\n",
    },
    {
      what: "a timer and its later cells share a variable",
      cells: [
        "let ticks = 0; const timer = setInterval(() => { ticks += 1; }, 5);",
        "while (ticks < 2) await new Promise((resolve) => setTimeout(resolve, 5));\nclearInterval(timer);\nticks = -100;\nconsole.log(ticks);",
      ],
      seen: "-100\n",
    },
    {
      what: "generators and asynchronous functions",
      cells: [
        "function* upTo(k: number) { for (let i = 1; i <= k; i++) yield i; }\nasync function* slowly(k: number) { yield* upTo(k); }\nasync function sum(k: number) { let all = 0; for await (const i of slowly(k)) all += i; return all; }",
        "console.log([...upTo(3)], await sum(4));",
      ],
      seen: "[ 1, 2, 3 ] 10\n",
    },
    {
      what: "getters and setters that use a variable",
      cells: [
        "let celsius = 20; const weather = { get fahrenheit() { return celsius * 1.8 + 32; }, set fahrenheit(f) { celsius = (f - 32) / 1.8; } };",
        "celsius = 100;\nconsole.log(weather.fahrenheit, (weather.fahrenheit = 32, celsius));",
      ],
      seen: "212 0\n",
    },
    {
      what: "classes, and classes that extend those of earlier cells",
      cells: [
        "class Animal { constructor(readonly name: string) {} says() { return '…'; } }",
        "class Dog extends Animal { override says() { return `${this.name}: wuff`; } }",
        "console.log(new Dog('Rex').says(), new Dog('Rex') instanceof Animal);",
      ],
      seen: "Rex: wuff true\n",
    },
    {
      what: "interfaces and types, alone in a cell and used later",
      cells: [
        "interface Shelf { books: string[] }\ntype Shelves = Record<string, Shelf>;",
        "const shelves: Shelves = { poems: { books: ['Howl'] } };",
        "shelves.poems.books[0]",
      ],
      seen: "Howl\n",
    },
    {
      what: "enums, const enums and namespaces",
      cells: [
        "enum Colour { Red, Green = 'green' }\nconst enum Flag { Off, On }\nnamespace Geometry { export const unit = 2; export namespace Deep { export const area = () => unit * unit; } }",
        "console.log(Colour.Red, Colour[0], Colour.Green, Flag.On, Geometry.Deep.area());",
      ],
      seen: "0 Red green 1 4\n",
    },
    {
      what: "a declaration with export in front",
      cells: [
        "export const shared = 1;\nexport function twice() { return shared * 2; }\nexport default twice;",
        "console.log(shared, twice());",
      ],
      seen: "1 2\n",
    },
    {
      what: "short forms of properties",
      cells: [
        "const card = 'A40', hourly = 0.39;",
        "console.log({ card, hourly }, [1].map((card) => ({ card })));",
      ],
      seen: "{ card: 'A40', hourly: 0.39 } [ { card: 1 } ]\n",
    },
    {
      what: "typeof, delete, void and in",
      cells: [
        "const bag: Record<string, number> = { one: 1, two: 2 };",
        "delete bag.one;\nconsole.log(typeof bag, 'one' in bag, void 0);",
      ],
      seen: "object false undefined\n",
    },
    {
      what: "names in other scripts",
      cells: ["const größe = 3, 名前 = 'Ada', $ = 1, _ = 2;", "console.log(größe, 名前, $, _);"],
      seen: "3 Ada 1 2\n",
    },
  ],
};
