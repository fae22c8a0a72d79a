import { WorkbookError } from "../../errors.ts";
import { type Gpu, type KernelShares, loadGpus, loadKernels } from "../../facts/index.ts";
import { kernels } from "./constants.ts";
import type { ForecastPrecision } from "./forecast-input.ts";

/** What the card's kernels reach; of a card that nobody measured, what the first of its generation reaches. */
export function findKernels(gpu: Gpu): { measured: boolean; of: KernelShares } {
  const rows = loadKernels();
  const own = rows.find((row) => row.gpu === gpu.name);
  if (own !== undefined) return { measured: true, of: own };
  const gpus = loadGpus();
  const like = (capability: (of: number) => boolean) =>
    rows.find((row) =>
      gpus.some(({ name, computeCapability }) => name === row.gpu && capability(computeCapability)),
    );
  const akin =
    like((capability) => capability === gpu.computeCapability) ??
    like((capability) => Math.floor(capability) === Math.floor(gpu.computeCapability)) ??
    rows[0];
  if (akin === undefined) {
    throw new WorkbookError("forecast: the table of kernels is empty.", {
      remedy: "Restore lib/data/kernels.csv.",
    });
  }
  return { measured: false, of: akin };
}

/** Share of the bandwidth that products of few rows reach. */
export function thinShareOf(precision: ForecastPrecision, reached: KernelShares): number {
  if (precision === "16-bit") return reached.thinShare;
  return precision === "4-bit" ? reached.fourBitThinShare : reached.eightBitThinShare;
}

/** Share of the arithmetic that products of many rows reach. */
export function wideShareOf(
  precision: ForecastPrecision,
  reached: KernelShares,
  computesIn8Bits: boolean,
): number {
  if (computesIn8Bits) return reached.eightBitWideShare;
  const unpacked = precision === "fp8" || precision === "4-bit" ? kernels.unpackedShare[precision] : 1;
  return reached.wideShare * unpacked;
}

/** The same shares for products with the weights of experts. */
export function expertShares({
  precision,
  gpu,
  reached,
  computesIn8Bits,
}: {
  precision: ForecastPrecision;
  gpu: Gpu;
  reached: KernelShares;
  computesIn8Bits: boolean;
}) {
  const { normal, fourBit, fourBitBlackwell } = kernels.expertThinShare;
  const hasOwnKernel = Math.floor(gpu.computeCapability) === 10;
  if (precision === "4-bit") {
    const { normal: wide, blackwell } = kernels.fourBitExpertWideShare;
    return hasOwnKernel ? { thin: fourBitBlackwell, wide: blackwell } : { thin: fourBit, wide };
  }
  return { thin: normal, wide: computesIn8Bits ? reached.eightBitExpertWideShare : reached.expertWideShare };
}
