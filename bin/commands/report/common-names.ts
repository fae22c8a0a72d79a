// Names of users and machines that say nothing about a person, or that stand in texts with another meaning.

const namesOfSystems = new Set(
  "root user users node jovyan vscode ubuntu debian fedora runner home data admin guest host localhost".split(
    " ",
  ),
);

const words = new Set(
  [
    "api app bench chat client cloud cluster computer container cost desktop developer docker end endpoint engine gateway gpu",
    "input kernel lab laptop llama local machine main master model models name nginx notebook ollama openai output pod pods",
    "project prompt proxy python rehearsal report router runpod serve server service start system target test time token",
    "tokens url vega vllm web work worker workbook workstation",
    "art bill chance drew frank grant guy hope jack jan june lance mark max may mike min pat penny ray rich rob rose sky sue will",
  ].flatMap((line) => line.split(" ")),
);

/** Returns whether a name is somebody's, and no system's. */
export function isPersonal(name: string): boolean {
  return name.length >= 3 && !namesOfSystems.has(name.toLowerCase());
}

/** Returns whether a name, also where it stands alone, tells who or where somebody is. */
export function isTelling(name: string): boolean {
  return isPersonal(name) && !words.has(name.toLowerCase());
}
