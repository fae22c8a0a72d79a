import { findDisplayWriter } from "./tslab-kernel.ts";

/** One output in several forms, by media type; every front end takes the richest one that it can show. */
export interface DisplayBundle {
  /** Media type → content: a string, or an object for types that end in `json`. `text/plain` is what a terminal shows. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Media type → hints for the front end. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** How a bundle is displayed. */
export interface DisplayOptions {
  /** A name for the output, by which a later call can replace it. */
  readonly displayId?: string;
  /** Replaces the output of that name instead of adding one. */
  readonly update?: boolean;
}

/** Displays a bundle in the cell that runs now; outside Jupyter it prints the bundle's `text/plain` form. */
export function displayBundle(bundle: DisplayBundle, options: DisplayOptions = {}): void {
  const write = findDisplayWriter();
  if (write === null) {
    process.stdout.write(`${String(bundle.data["text/plain"] ?? "")}\n`);
    return;
  }
  write(
    {
      data: bundle.data,
      metadata: bundle.metadata ?? {},
      transient: options.displayId === undefined ? {} : { display_id: options.displayId },
    },
    options.update ?? false,
  );
}
