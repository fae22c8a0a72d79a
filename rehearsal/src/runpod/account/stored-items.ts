import { type ContainerFields, describeContainer } from "./pod.ts";

/** Saved container settings: a pod copies them once and keeps no link. */
export interface Template {
  id: string;
  name: string;
  container: ContainerFields;
  settings: {
    public: boolean;
    serverless: boolean;
    category: "CPU" | "NVIDIA" | "AMD";
    startSsh: boolean;
    startJupyter: boolean;
    allowedCudaVersions: string[];
  };
}

/** A value that can be written and never be read again. */
export interface Secret {
  id: string;
  name: string;
  value: string;
  description: string;
  createdAtMs: number;
  valueUpdatedAtMs: number;
}

/** Returns an environment with the values of secrets in place of their names. */
export function fillSecrets(
  env: Readonly<Record<string, string>>,
  secrets: ReadonlyMap<string, Secret>,
): Record<string, string> {
  const values = new Map([...secrets.values()].map(({ name, value }) => [name, value]));
  const fill = (text: string) =>
    text.replace(
      /\{\{\s*RUNPOD_SECRET_([^\s{}]+)\s*\}\}/g,
      (whole, name: string) => values.get(name) ?? whole,
    );
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fill(value)]));
}

/** Storage of its own, which costs money with or without a machine. */
export interface NetworkVolume {
  id: string;
  name: string;
  sizeGb: number;
  dataCenterId: string;
}

/** A network volume as the API shows it. */
export function describeVolume({ id, name, sizeGb, dataCenterId }: NetworkVolume): object {
  return { id, name, size: sizeGb, dataCenter: dataCenterId, type: "STANDARD" };
}

/** A template as the API shows it. */
export function describeTemplate(template: Template, options: { hasCommands: boolean }): object {
  const { id, name, container, settings } = template;
  return { ...describeContainer(container, options), id, name, mounts: container.mounts, ...settings };
}

/** A secret as the API shows it: everything but its value. */
export function describeSecret({ id, name, description, ...times }: Secret): object {
  return {
    id,
    name,
    description,
    createdAt: new Date(times.createdAtMs).toISOString(),
    valueLastUpdatedAt: new Date(times.valueUpdatedAtMs).toISOString(),
  };
}
