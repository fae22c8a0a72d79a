/** The floors of lib/src, from the ground. A room imports from the floors below it and from nothing else. */
export const floors: readonly (readonly string[])[] = [
  ["errors", "files", "project-root", "seeded-random", "statistics", "words"],
  ["each-of", "expect-close", "frame", "network", "require-number"],
  ["settings"],
  ["describe-settings", "kernel"],
  ["show"],
  ["facts", "rehearsal"],
  ["hub", "traffic"],
  ["endpoint", "serving"],
  ["cost"],
  ["measure", "questions", "runpod"],
  ["decide"],
  ["run-findings", "scale-out", "walkthrough"],
  ["describe-plan", "explain", "hand-over", "open-endpoint"],
  ["index"],
];
