import { createPod, planPod } from "workbook";

// Rents a pod as the notebook 01-deploy does, in a process that a test can kill.

await createPod(planPod({ model: "Qwen/Qwen3-8B" }), { maxUsdPerHour: 2 });
