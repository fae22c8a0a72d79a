/** A value of JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** What an answer in JSON looks like: a JSON schema without references, reduced to what both engines can write. */
export type Shape =
  /** One of these, none of which is a list or an object. */
  | { kind: "one-of"; values: readonly (string | number | boolean | null)[] }
  | { kind: "text"; fewest: number; most: number }
  | { kind: "number"; isWhole: boolean }
  | { kind: "date"; format: "date-time" | "time" | "date" }
  | { kind: "list"; first: readonly Shape[]; rest: Shape | null; fewest: number; most: number }
  /** `rest` is the value of names that the schema leaves open, of which an answer has `openNames`. */
  | {
      kind: "object";
      entries: readonly (readonly [name: string, value: Shape])[];
      rest: Shape | null;
      openNames: number;
    }
  | { kind: "either"; shapes: readonly Shape[] };

/** What a request may ask for with `{"type": "json_object"}`: any object, here a short one. */
export const anyObject: Shape = {
  kind: "object",
  entries: [],
  rest: { kind: "text", fewest: 0, most: 60 },
  openNames: 1,
};
