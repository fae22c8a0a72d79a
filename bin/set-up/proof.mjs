// Proves under the chosen Node that the native parts are there: node proof.mjs <polars|engine>

const proofs = {
  async polars() {
    const { default: polars } = await import("nodejs-polars");
    if (polars.DataFrame({ tokens: [1, 2] }).height !== 2)
      throw new Error("polars made a frame of the wrong size");
  },
  async engine() {
    const { getLlama, LlamaLogLevel } = await import("node-llama-cpp");
    const llama = await getLlama({
      build: "never",
      gpu: false,
      skipDownload: true,
      progressLogs: false,
      logLevel: LlamaLogLevel.error,
      maxThreads: 1,
    });
    await llama.dispose();
  },
};

const name = process.argv[2];
if (name !== "polars" && name !== "engine") throw new Error("say what to prove: polars or engine");
try {
  await proofs[name]();
} catch (error) {
  console.error(error instanceof Error ? `${error.name}: ${error.message}` : error);
  process.exitCode = 1;
}
