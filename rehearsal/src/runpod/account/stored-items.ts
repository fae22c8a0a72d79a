import type { ContainerFields } from "./pod.ts";

/** A saved preset of container settings: a pod copies it once and keeps no link. */
export interface Template {
  id: string;
  name: string;
  container: ContainerFields;
  isPublic: boolean;
  isServerless: boolean;
  category: "CPU" | "NVIDIA" | "AMD";
  startSsh: boolean;
  startJupyter: boolean;
  allowedCudaVersions: string[];
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
  const { image, args, entrypoint, cmd, disk, mounts, ports, env, registry } = template.container;
  return {
    id: template.id,
    name: template.name,
    image,
    args,
    ...(options.hasCommands ? { entrypoint: entrypoint ?? [], cmd: cmd ?? [] } : {}),
    disk,
    mounts,
    ports,
    env,
    registry,
    serverless: template.isServerless,
    public: template.isPublic,
    category: template.category,
    startSsh: template.startSsh,
    startJupyter: template.startJupyter,
    allowedCudaVersions: template.allowedCudaVersions,
  };
}

/** A secret as the API shows it: everything but its value. */
export function describeSecret(secret: Secret): object {
  return {
    id: secret.id,
    name: secret.name,
    description: secret.description,
    createdAt: new Date(secret.createdAtMs).toISOString(),
    valueLastUpdatedAt: new Date(secret.valueUpdatedAtMs).toISOString(),
  };
}
