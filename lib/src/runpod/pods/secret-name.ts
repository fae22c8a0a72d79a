/** The name under which this workbook keeps its Hugging Face token at RunPod: one of its own, so that none is overwritten. */
export function secretNameOf(workbookId: string): string {
  return `workbook_${workbookId}_hf_token`;
}

/** How a pod's environment refers to a secret; RunPod fills it in when the pod starts. */
export function secretPlaceholder(secretName: string): string {
  return `{{ RUNPOD_SECRET_${secretName} }}`;
}

/** The token of a plan for gated weights: a reference to a secret of this workbook's own, which RunPod fills in. */
export function plannedToken(plan: { needsHuggingFaceToken: boolean }): { HF_TOKEN?: string } {
  return plan.needsHuggingFaceToken ? { HF_TOKEN: secretPlaceholder(secretNameOf("<workbook id>")) } : {};
}
