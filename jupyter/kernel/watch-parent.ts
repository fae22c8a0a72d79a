import { Worker } from "node:worker_threads";

// A kernel is in a session of its own, so a Jupyter that is killed leaves it behind. It ends when it is given a new
// parent, also one that starts just then (Jupyter says in JPY_PARENT_PID who it is), and from a thread of its own, since a
// cell may never come to its end.
const watch = `
  const parent = process.ppid;
  const isGone = (pid) => {
    try {
      return !process.kill(pid, 0);
    } catch {
      return true;
    }
  };
  const named = Number(process.env.JPY_PARENT_PID);
  const end = () => process.kill(process.pid, "SIGKILL");
  if (named > 0 && named !== parent && isGone(named)) end();
  setInterval(() => process.ppid !== parent && end(), 200);
`;

/** Ends this kernel as soon as the Jupyter that started it is gone. */
export function watchParent(): void {
  new Worker(watch, { eval: true, execArgv: [] }).unref();
}
