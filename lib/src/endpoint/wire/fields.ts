/** An object of JSON whose fields may be anything. */
export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A field of what may be no object. */
export function fieldOf(value: unknown, name: string): unknown {
  return isFields(value) ? value[name] : undefined;
}
