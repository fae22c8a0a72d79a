/** How the function that somebody called is named, and two of its fields: the messages of a plan speak of these. */
export interface Caller {
  name: string;
  /** The field with the kinds of GPU, or the pools of them. */
  gpus: string;
  /** The field takes one kind of GPU, no list. */
  takesOneKind?: true;
  /** The field with the number of GPUs over which each layer is split. */
  gpuCount: string;
}
