import type { Theme } from "./row.ts";

/** The language and the library of Node 24, and all of TypeScript but JSX. */
export const language: Theme = {
  rows: [
    {
      what: "lists that are copied: toSorted, toReversed, toSpliced, with, at, findLast",
      cells: [
        "const list = [3, 1, 2];\nconsole.log(list.toSorted(), list.toReversed(), list.toSpliced(0, 1), list.with(0, 9), list.at(-1), list.findLast((k) => k < 3), list);",
      ],
      seen: "[ 1, 2, 3 ] [ 2, 1, 3 ] [ 1, 2 ] [ 9, 1, 2 ] 2 2 [ 3, 1, 2 ]\n",
    },
    {
      what: "Object.groupBy and Map.groupBy",
      cells: [
        "console.log({ ...Object.groupBy([1, 2, 3], (k) => (k % 2 ? 'odd' : 'even')) }, Map.groupBy(['a', 'bb'], ({ length }) => length));",
      ],
      seen: "{ odd: [ 1, 3 ], even: [ 2 ] } Map(2) { 1 => [ 'a' ], 2 => [ 'bb' ] }\n",
    },
    {
      what: "Promise.withResolvers, Promise.try and Array.fromAsync",
      cells: [
        "const { promise, resolve } = Promise.withResolvers<number>();\nresolve(4);\nconsole.log(await promise, await Promise.try(() => 5), await Array.fromAsync([Promise.resolve(6)]));",
      ],
      seen: "4 5 [ 6 ]\n",
    },
    {
      what: "methods of iterators",
      cells: [
        "function* naturals() { for (let k = 0; ; k++) yield k; }\nnaturals().filter((k) => k % 2 === 1).map((k) => k * k).drop(1).take(3).toArray()",
      ],
      seen: "[ 9, 25, 49 ]\n",
    },
    {
      what: "methods of sets",
      cells: [
        "const evens = new Set([2, 4]), small = new Set([1, 2]);\nconsole.log(evens.union(small), evens.intersection(small), small.difference(evens), small.isSubsetOf(evens));",
      ],
      seen: "Set(3) { 2, 4, 1 } Set(1) { 2 } Set(1) { 1 } false\n",
    },
    {
      what: "RegExp.escape, the flags v and d, named groups, lookbehind",
      cells: [
        "console.log(RegExp.escape('a.b'), /^[\\p{L}--[a-z]]$/v.test('É'), 'p50: 12'.match(/(?<=: )(?<ms>\\d+)/d)?.groups?.ms, [...'a1b2'.matchAll(/\\d/g)].length);",
      ],
      seen: "\\x61\\.b true 12 2\n",
    },
    {
      what: "large integers, numeric separators, powers",
      cells: ["console.log(2n ** 64n, 1_000_000, 0b101, BigInt(Number.MAX_SAFE_INTEGER) + 2n);"],
      seen: "18446744073709551616n 1000000 5 9007199254740993n\n",
    },
    {
      what: "satisfies, as const and const type parameters",
      cells: [
        "const pick = <const T extends readonly string[]>(...names: T): T => names;\nconst names = pick('a', 'b');\nconst first: 'a' = names[0];\nconst limits = { streams: 4 } satisfies Record<string, number>;\nconsole.log(first, limits.streams, { fixed: 1 } as const);",
      ],
      seen: "a 4 { fixed: 1 }\n",
    },
    {
      what: "generic, conditional and template types; overloads; type predicates; assertion functions",
      cells: [
        "type Name<T> = T extends string ? `${T}-name` : never;\nfunction twice(x: string): string;\nfunction twice(x: number): number;\nfunction twice(x: any) { return x + x; }\nfunction check(x: unknown): asserts x is string { if (typeof x !== 'string') throw new Error(); }\nconst isText = (x: unknown): x is string => typeof x === 'string';\nconst it: Name<'my'> = 'my-name'; const raw: unknown = 'raw'; check(raw);\nconsole.log(it, twice(2), twice('b'), raw.length, isText(1));",
      ],
      seen: "my-name 4 bb 3 false\n",
    },
    {
      what: "decorators of classes, methods, accessors and fields, as the standard has them",
      cells: [
        "const told: string[] = [];\nconst tell = (_value: any, { kind, name }: { kind: string; name: string | symbol | undefined }): any => { told.push(`${kind} ${String(name)}`); };\n@tell class Told { @tell field = 1; @tell accessor auto = 2; @tell method() {} @tell static get one() { return 1; } }\nconsole.log(told.sort());",
      ],
      seen: "[\n  'accessor auto',\n  'class Told',\n  'field field',\n  'getter one',\n  'method method'\n]\n",
    },
    {
      what: "a decorator that wraps a method, used by a later cell",
      cells: [
        "function logged<This, Args extends any[], Out>(method: (this: This, ...args: Args) => Out, context: ClassMethodDecoratorContext) { return function (this: This, ...args: Args): Out { console.log('calling', String(context.name)); return method.apply(this, args); }; }",
        "class Api { constructor(private base: string) {} @logged get(path: string) { return this.base + path; } }\nnew Api('/v1').get('/models')",
      ],
      seen: "calling get\n/v1/models\n",
    },
    {
      what: "parameter properties, abstract classes, private names, accessors, static blocks",
      cells: [
        "abstract class Shape { static made = 0; static #secret = 7; static { Shape.made = Shape.#secret; } constructor(protected readonly side: number) {} abstract area(): number; accessor label = 'shape'; }\nclass Square extends Shape { #extra = 1; override area() { return this.side ** 2 + this.#extra; } has(x: object) { return #extra in x; } }\nconst square = new Square(3);\nconsole.log(square.area(), Shape.made, square.label, square.has({}));",
      ],
      seen: "10 7 shape false\n",
    },
    {
      what: "class expressions, mixins and symbols as names",
      cells: [
        "const Named = class Inner { static who() { return Inner.name; } };\nconst Loud = <T extends new (...args: any[]) => object>(Base: T) => class extends Base { shout() { return '!'; } };\nclass Plain { *[Symbol.iterator]() { yield 1; } }\nconsole.log(Named.who(), new (Loud(Plain))().shout(), [...new Plain()]);",
      ],
      seen: "Inner ! [ 1 ]\n",
    },
    {
      what: "names of functions and classes are those that the reader gave",
      cells: [
        "const arrow = () => {}; function plain() {} class Thing {} const made = class {};",
        "console.log(arrow.name, plain.name, Thing.name, made.name, new Thing());",
      ],
      seen: "arrow plain Thing made Thing {}\n",
    },
    {
      what: "labels, comma operators, switches that fall through",
      cells: [
        "let found = '';\nouter: for (const a of [1, 2, 3]) { for (const b of [1, 2, 3]) { if (a * b === 4) { found = `${a}${b}`; break outer; } if (b > a) continue outer; } }\nswitch (1 as number) { case 1: found += 'x'; case 2: found += 'y'; break; default: found += 'z'; }\nfound",
      ],
      seen: "22xy\n",
    },
    {
      what: "optional chains, nullish values and logical assignments",
      cells: [
        "const config: { a?: { b?: () => number }; n?: number } = {};\nconsole.log(config.a?.b?.(), config.n ?? 5, (config.n ||= 6), config?.['n'], (config.a ??= {}));",
      ],
      seen: "undefined 5 6 6 {}\n",
    },
    {
      what: "tagged templates and String.raw",
      cells: [
        "const tag = (parts: TemplateStringsArray, ...values: unknown[]) => parts.raw.join('|') + values.length;\nconsole.log(tag`a${1}\\n${2}c`, String.raw`\\d`);",
      ],
      seen: "a|\\n|c2 \\d\n",
    },
    {
      what: "proxies, symbols, weak references, typed arrays, structuredClone",
      cells: [
        "const loud = new Proxy({} as Record<string, string>, { get: (_, key) => String(key).toUpperCase() });\nconsole.log(loud.hi, new WeakRef(loud) instanceof WeakRef, new Uint8Array([1, 300]), structuredClone(new Map([[1, { a: 1 }]])));",
      ],
      seen: "HI true Uint8Array(2) [ 1, 44 ] Map(1) { 1 => { a: 1 } }\n",
    },
    {
      what: "error causes, Error.isError and AggregateError",
      cells: [
        "const wrapped = new Error('outer', { cause: new TypeError('inner') });\nconsole.log((wrapped.cause as Error).message, Error.isError(wrapped), new AggregateError([1], 'all').errors);",
      ],
      seen: "inner true [ 1 ]\n",
    },
    {
      what: "this at the top is undefined, as in every module",
      cells: ["console.log(typeof this, (function () { return typeof this; })());"],
      seen: "undefined undefined\n",
    },
    {
      what: "type assertions, non-null marks, definite assignments, declare",
      cells: [
        "declare const ghost: number;\ndeclare global { interface Array<T> { neverDefined?: T } }\nlet sure!: number;\nsure = [1].find((k) => k === 1)!;\nconsole.log(sure as unknown as string, <number>sure, [1].neverDefined);",
      ],
      seen: "1 1 undefined\n",
    },
    {
      what: "Node's own globals: Buffer, process, timers, URL, fetch, crypto, performance, navigator",
      cells: [
        "console.log(Buffer.from('hi').toString('hex'), typeof process.version, typeof setImmediate, new URL('http://a/b').pathname, typeof fetch, typeof crypto.randomUUID(), typeof performance.now(), typeof navigator.userAgent);",
      ],
      seen: "6869 string function /b function string number string\n",
    },
    {
      what: "dates, numbers and lists in a language",
      cells: [
        "console.log(new Intl.NumberFormat('en', { style: 'currency', currency: 'USD' }).format(1234.5), new Intl.ListFormat('en').format(['a', 'b']), new Date(0).toISOString());",
      ],
      seen: "$1,234.50 a and b 1970-01-01T00:00:00.000Z\n",
    },
    {
      what: "eval and new Function",
      cells: ["console.log(eval('1 + 1'), new Function('a', 'return a * 2')(4));"],
      seen: "2 8\n",
    },
  ],
};
