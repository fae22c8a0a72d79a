import type { Theme } from "./row.ts";

/** A reader may give a variable any name, also one that Node, a browser or a package uses. */
export const globalNames: Theme = {
  rows: [
    {
      what: "names of a page",
      cells: [
        "const name = 'Ada', status = 'ok', event = 'click', length = 3, self = 1, top = 2, parent = 3, close = 4;",
        "console.log(name, status, event, length, self, top, parent, close);",
      ],
      seen: "Ada ok click 3 1 2 3 4\n",
    },
    {
      what: "document, window and location as one's own",
      cells: [
        "const document = { title: 'mine' }; let window = 4096; const location = 'Oslo';",
        "console.log(document.title, window, location);",
      ],
      seen: "mine 4096 Oslo\n",
    },
    {
      what: "words that are keywords elsewhere",
      cells: [
        "const type = 'A40', of = 1, async = 2, get = 3, from = 4, as = 5, namespace = 6, module = 7, declare = 8;",
        "console.log(type, of, async, get, from, as, namespace, module, declare);",
      ],
      seen: "A40 1 2 3 4 5 6 7 8\n",
    },
    {
      what: "names that compiled code uses",
      cells: [
        "const exports = 1, __filename = 2, tslib = 3, _a = 4, cell = 5, scope = 6, __esModule = 7, result = 8;",
        "console.log(exports, __filename, tslib, _a, cell, scope, __esModule, result);",
      ],
      seen: "1 2 3 4 5 6 7 8\n",
    },
    {
      what: "a variable named like a method of every object",
      cells: [
        "const toString = 1, constructor = 2, hasOwnProperty = 3, valueOf = 4, __proto__ = 5;",
        "console.log(toString, constructor, hasOwnProperty, valueOf, __proto__);",
      ],
      seen: "1 2 3 4 5\n",
    },
    {
      what: "URL, fetch, Response, Headers and performance of one's own leave packages alone",
      cells: [
        "const URL = 'http://127.0.0.1:PORT';\nconst fetch = null, Response = null, Headers = null, Request = null, AbortController = null;\nlet performance = 'good';",
        "import OpenAI from 'openai';\nimport { openEndpoint } from 'workbook';\nconsole.log(new OpenAI({ baseURL: `${URL}/v1`, apiKey: 'EMPTY', fetch: globalThis.fetch }).baseURL, performance);",
      ],
      seen: "http://127.0.0.1:PORT/v1 good\n",
    },
    {
      what: "… also where they call a server",
      cells: ["await openEndpoint({ baseUrl: URL });"],
      complaint: ["EndpointError: Nothing listens at 127.0.0.1:PORT"],
    },
    {
      what: "process, Buffer, setTimeout, Promise and Math of one's own leave the kernel alone",
      cells: [
        "const process = 'washing', Buffer = 1, setTimeout = 2, Promise = 3, Math = 4, Error = 5, Symbol = 6, Reflect = 7, Map = 8;",
        "await null;\nconsole.log(process, Buffer, setTimeout, Promise, Math, Error, Symbol, Reflect, Map);",
      ],
      seen: "washing 1 2 3 4 5 6 7 8\n",
    },
    {
      what: "… whose errors are still told",
      cells: ["JSON.parse('{');"],
      complaint: ["SyntaxError: ", "in line 1 of this cell: JSON.parse('{');"],
    },
    {
      what: "… and whose originals are still there",
      cells: ["console.log(typeof globalThis.process.exit, typeof globalThis.Promise);"],
      seen: "function function\n",
    },
    {
      what: "Object, Array and JSON of one's own",
      cells: [
        "const Object = 1, Array = 2, JSON = 3, String = 4;",
        "console.log(Object, Array, JSON, String);\n[1, 2]",
      ],
      seen: "1 2 3 4\n[ 1, 2 ]\n",
    },
    {
      what: "a property set on globalThis is found",
      cells: ["(globalThis as any).fromOutside = 5;", "(globalThis as any).fromOutside"],
      seen: "5\n",
    },
    {
      what: "console of one's own, last, for nothing prints after it",
      cells: ["const console = { log: (text: string) => text.length };", "console.log('four')"],
      seen: "4\n",
    },
  ],
};
