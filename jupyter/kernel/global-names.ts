import type { DeclaredName } from "./list-names.ts";
import { markName } from "./mark-name.ts";

/** What a module offers. */
type Module = Readonly<Record<string, unknown>>;

/**
 * Makes room for the names that a cell will set. One that no cell has set yet cannot be read; one that an earlier cell
 * set keeps its value until then.
 */
export function declareNames(declared: readonly DeclaredName[]): {
  /** Those of the names that have another value by now. */
  listChanged(): string[];
} {
  const values = declared.filter(({ kind }) => kind !== "type");
  const names = values.map(({ name }) => name);
  for (const { name, isVar } of values) {
    if (Object.hasOwn(globalThis, markName(name))) continue;
    define(name, () => {
      if (!isVar) throw new ReferenceError(`Cannot access '${name}' before initialization`);
    });
  }
  const before = new Map(names.map((name) => [name, read(name)]));
  return { listChanged: () => names.filter((name) => read(name) !== before.get(name)) };
}

/** Binds what a cell imports. It is read anew at each use, since its module may change it. */
export function bindImports(
  module: Module,
  names: readonly (readonly [local: string, imported: string])[],
): void {
  for (const [local, imported] of names) define(local, () => readExport(module, imported));
}

/** Defines a name that is computed when it is read, until a cell sets it. */
function define(name: string, get: () => unknown): void {
  Object.defineProperty(globalThis, markName(name), {
    configurable: true,
    get,
    set: (value) => {
      Object.defineProperty(globalThis, markName(name), { value, configurable: true, writable: true });
    },
  });
}

/** The value of a name, which differs from every other value where it has none. */
function read(name: string): unknown {
  const found = Object.getOwnPropertyDescriptor(globalThis, markName(name));
  return found?.get ?? found?.value;
}

function readExport(module: Module, name: string): unknown {
  if (name === "*") return module;
  const whole = module["default"];
  // A package in the older form of modules is its own default export.
  if (typeof whole === "object" && whole !== null) {
    if (name === "default" && "__esModule" in whole && "default" in whole) return whole.default;
    if (!(name in module)) return Reflect.get(whole, name);
  }
  // A module without a default export has all of it for one: so the compiler reads it.
  return name === "default" && !(name in module) ? module : module[name];
}
