import {
  loadForecastBands,
  loadGpus,
  loadHostedModels,
  loadKernels,
  loadKnownErrors,
  loadLinks,
  loadModels,
  loadModelTypes,
  loadPriceBook,
  loadPublishedThroughput,
} from "../../lib/src/facts/index.ts";

/** One row of a table, and what of it must stand in its sources. */
export interface Fact {
  table: string;
  name: string;
  observed: string;
  sources: readonly string[];
  /** It claims to hold now: a price that has ended does not grow old. */
  isCurrent: boolean;
  /** Names near which a source has the figures, one of them at least; none: anywhere. */
  near: readonly string[];
  figures: Readonly<Record<string, number | null>>;
  /** The figures are counts of a model's shape, which a source has in no other unit and not rounded. */
  isShape: boolean;
  /** A text that a source must have. */
  says: string | null;
}

/** Lists the rows of all tables of `lib/data`, or of a folder with the same tables. */
export function listFacts(options: Parameters<typeof loadPriceBook>[0] = {}): Fact[] {
  const base = { isCurrent: true, near: [] as string[], figures: {}, isShape: false, says: null };
  const nameOf = (model: string) => model.split("/").at(-1) ?? model;
  return [
    ...loadPriceBook(options).prices.map(
      ({ provider, product, kind, value, gpu, model, status, ...row }) => ({
        ...base,
        ...row,
        table: "prices.csv",
        name: `${provider}, ${product}, ${kind}`,
        isCurrent: status === "current",
        near: [product, ...listParts(product), model, gpu].flatMap((one) =>
          one === null ? [] : [nameOf(one)],
        ),
        figures: { value },
      }),
    ),
    ...loadGpus(options).map(({ id, name, memoryGb, memoryBandwidthGbPerSecond, ...row }) => ({
      ...base,
      ...row,
      table: "gpus.csv",
      name: id,
      near: [id, name],
      figures: { memoryGb, memoryBandwidthGbPerSecond },
    })),
    ...loadModels(options).map(({ id, baseId, layers, attentionHeads, kvHeads, hiddenSize, ...row }) => ({
      ...base,
      ...row,
      name: id,
      isShape: true,
      // A checkpoint made smaller has the shape of its base; its own source names it.
      ...(baseId === null
        ? { table: "models.csv", figures: { layers, attentionHeads, kvHeads, hiddenSize } }
        : { table: "quantised-models.csv", near: [nameOf(id)] }),
    })),
    ...loadModelTypes(options).map(({ name, layers, attentionHeads, kvHeads, hiddenSize, ...row }) => ({
      ...base,
      ...row,
      table: "model-types.csv",
      name,
      figures: { layers, attentionHeads, kvHeads, hiddenSize },
      isShape: true,
    })),
    // Shares of kernels and bands are computed from their sources, which have them in no such form.
    ...loadKernels(options).map(({ gpu, ...row }) => ({ ...base, ...row, table: "kernels.csv", name: gpu })),
    ...loadLinks(options).map(({ link, gpuCount, ...row }) => ({
      ...base,
      ...row,
      table: "links.csv",
      name: `${link}, ${gpuCount} cards`,
    })),
    ...loadForecastBands(options).map(({ group, metric, ...row }) => ({
      ...base,
      ...row,
      table: "forecast-bands.csv",
      name: `${group}, ${metric}`,
    })),
    ...loadHostedModels(options).map(({ id, ...row }) => ({
      ...base,
      ...row,
      table: "hosted-models.csv",
      name: id,
      near: [nameOf(id)],
    })),
    ...loadPublishedThroughput(options).map(
      ({ model, gpu, engine, inputTokensPerSecond, outputTokensPerSecond, ...row }) => ({
        ...base,
        ...row,
        table: "throughput.csv",
        name: `${model} on ${row.gpuCount} × ${gpu}, ${engine}`,
        figures: { inputTokensPerSecond, outputTokensPerSecond },
      }),
    ),
    ...loadKnownErrors(options).map(({ id, says, ...row }) => ({
      ...base,
      ...row,
      table: "known-errors.csv",
      name: id,
      says,
    })),
  ].map(({ table, name, observed, sources, isCurrent, near, figures, isShape, says }) => {
    return { table, name, observed, sources, isCurrent, near, figures, isShape, says };
  });
}

/** The names in a product such as `A6000, A40 48GB`, whose memory stands in another column of the list. */
function listParts(product: string): string[] {
  return product.split(", ").map((part) => part.replace(/ \d+ ?GB$/, ""));
}
