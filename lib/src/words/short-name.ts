/** A model's name without its owner, or a card's without its maker: `Qwen3-32B`, `A40`. */
export function shortName(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1).replace("NVIDIA ", "");
}
