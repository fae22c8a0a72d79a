import { x } from "tinyexec";
import { checkEnd, held, whileRunning } from "../set-up/child-processes.mjs";
import { projectRoot } from "../set-up/project.mjs";

/** Runs a program that ends with this command; a LauncherError holds the last lines that it printed. */
export async function runTool(
  command: string,
  commandArguments: readonly string[],
  options: {
    environment: NodeJS.ProcessEnv;
    /** Hears every line that the program prints. */
    onLine: (line: string) => void;
  },
): Promise<void> {
  const { environment, onLine } = options;
  let printed = "";
  const { tool } = await whileRunning(() => {
    const tool = x(...held(command, commandArguments), {
      inheritEnv: false,
      nodePath: false,
      // Its own group: the terminal's Ctrl-C does not reach it, the launcher ends it together with its children.
      nodeOptions: {
        cwd: projectRoot,
        env: environment,
        detached: true,
        stdio: ["ignore", "pipe", "pipe", "pipe"],
      },
    });
    const readLines = async () => {
      for await (const line of tool) {
        printed = `${printed}${line}\n`.slice(-20_000);
        onLine(line);
      }
    };
    return { pid: tool.pid, kind: "group", ended: readLines(), hold: tool.process?.stdio[3], tool };
  });
  checkEnd({ command, exitCode: tool.exitCode, signal: tool.signalCode, printed });
}
