/** Why a forecast says nothing, or less than usual; code decides on `reason` alone. */
export interface NotCovered {
  reason:
    | "latent-attention"
    | "linear-attention"
    | "shape"
    | "arithmetic"
    | "cache-full"
    | "saturated"
    | "overload"
    | "kernels"
    | "link"
    | "untested"
    | "fp4";
  text: string;
}
