import { newItemId } from "../account/account.ts";
import { dataCenterNames } from "../account/gpu-catalog.ts";
import { fillContainer } from "../account/pod.ts";
import {
  describeSecret,
  describeTemplate,
  describeVolume,
  type NetworkVolume,
  type Secret,
  type Template,
} from "../account/stored-items.ts";
import type { ApiCall, ApiOperation } from "./api-operation.ts";
import { paginate } from "./api-operation.ts";
import { ApiProblem, notFound } from "./api-problem.ts";
import { parseRequestBody } from "./request-bodies.ts";

/** Templates, secrets and network volumes: what an account keeps for its pods. */
export const itemOperations: readonly ApiOperation[] = [
  { operation: "listTemplates", method: "GET", path: "/v2/templates", answer: listTemplates },
  { operation: "createTemplate", method: "POST", path: "/v2/templates", answer: createTemplate },
  {
    operation: "getTemplate",
    method: "GET",
    path: "/v2/templates/:id",
    answer: (call) => showTemplate(call, find(call.account.templates, call)),
  },
  { operation: "updateTemplate", method: "PATCH", path: "/v2/templates/:id", answer: updateTemplate },
  {
    operation: "deleteTemplate",
    method: "DELETE",
    path: "/v2/templates/:id",
    answer: (call) => remove(call.account.templates, call),
  },
  { operation: "listSecrets", method: "GET", path: "/v2/account/secrets", answer: listSecrets },
  { operation: "createSecret", method: "POST", path: "/v2/account/secrets", answer: createSecret },
  {
    operation: "getSecret",
    method: "GET",
    path: "/v2/account/secrets/:id",
    answer: (call) => ({ status: 200, body: describeSecret(find(call.account.secrets, call)) }),
  },
  { operation: "updateSecret", method: "PATCH", path: "/v2/account/secrets/:id", answer: updateSecret },
  {
    operation: "deleteSecret",
    method: "DELETE",
    path: "/v2/account/secrets/:id",
    answer: (call) => remove(call.account.secrets, call),
  },
  { operation: "listNetworkVolumes", method: "GET", path: "/v2/network-volumes", answer: listVolumes },
  { operation: "createNetworkVolume", method: "POST", path: "/v2/network-volumes", answer: createVolume },
  {
    operation: "deleteNetworkVolume",
    method: "DELETE",
    path: "/v2/network-volumes/:id",
    answer: (call) => remove(call.account.volumes, call),
  },
];

function find<Item>(items: ReadonlyMap<string, Item>, { parameters }: ApiCall): Item {
  const item = items.get(parameters["id"] ?? "");
  if (item === undefined) throw notFound();
  return item;
}

function remove(items: Map<string, unknown>, call: ApiCall) {
  find(items, call);
  items.delete(call.parameters["id"] ?? "");
  return { status: 204 };
}

function showTemplate({ isOldContract }: ApiCall, template: Template, status = 200) {
  return { status, body: describeTemplate(template, { hasCommands: !isOldContract }) };
}

function listTemplates(call: ApiCall) {
  const { page, pagination } = paginate([...call.account.templates.values()], call.query);
  const templates = page.map((template) => showTemplate(call, template).body);
  return { status: 200, body: { templates, pagination } };
}

function createTemplate(call: ApiCall) {
  const { account, bodyText, isOldContract } = call;
  const body = parseRequestBody({ operation: "createTemplate", text: bodyText, isOldContract });
  refuseTakenName(call, body.name, null);
  const template: Template = {
    id: newItemId(),
    name: body.name,
    container: {
      ...fillContainer(body),
      mounts: body.mounts?.persistent === undefined ? {} : { persistent: body.mounts.persistent },
    },
    isPublic: body.public ?? false,
    isServerless: body.serverless ?? false,
    category: body.category ?? "NVIDIA",
    startSsh: body.startSsh ?? true,
    startJupyter: body.startJupyter ?? true,
    allowedCudaVersions: body.allowedCudaVersions ?? [],
  };
  account.templates.set(template.id, template);
  return showTemplate(call, template, 201);
}

function updateTemplate(call: ApiCall) {
  const { account, bodyText, isOldContract } = call;
  const template = find(account.templates, call);
  const body = parseRequestBody({ operation: "updateTemplate", text: bodyText, isOldContract });
  if (body.name !== undefined) refuseTakenName(call, body.name, template.id);
  const { container } = template;
  template.name = body.name ?? template.name;
  template.container = {
    image: body.image ?? container.image,
    args: body.args ?? container.args,
    entrypoint: body.entrypoint ?? container.entrypoint,
    cmd: body.cmd ?? container.cmd,
    disk: body.disk ?? container.disk,
    ports: body.ports ?? container.ports,
    env: body.env ?? container.env,
    registry: body.registry === undefined ? container.registry : body.registry,
    mounts: body.mounts?.persistent === undefined ? container.mounts : { persistent: body.mounts.persistent },
  };
  template.isPublic = body.public ?? template.isPublic;
  template.isServerless = body.serverless ?? template.isServerless;
  template.category = body.category ?? template.category;
  template.startSsh = body.startSsh ?? template.startSsh;
  template.startJupyter = body.startJupyter ?? template.startJupyter;
  template.allowedCudaVersions = body.allowedCudaVersions ?? template.allowedCudaVersions;
  return showTemplate(call, template);
}

function refuseTakenName({ account }: ApiCall, name: string, ownId: string | null): void {
  const isTaken = [...account.templates.values()].some(
    (template) => template.name === name && template.id !== ownId,
  );
  if (isTaken) throw new ApiProblem(400, "Template name must be unique.");
}

function listSecrets({ account, query }: ApiCall) {
  const name = query.get("name");
  const all = [...account.secrets.values()].filter((secret) => name === null || secret.name === name);
  const { page, pagination } = paginate(all, query);
  return { status: 200, body: { secrets: page.map(describeSecret), pagination } };
}

function createSecret({ account, bodyText, isOldContract, nowMs }: ApiCall) {
  const body = parseRequestBody({ operation: "createSecret", text: bodyText, isOldContract });
  if ([...account.secrets.values()].some(({ name }) => name === body.name)) {
    throw new ApiProblem(409, `a secret named "${body.name}" exists already`);
  }
  const { name, value, description = "" } = body;
  const secret: Secret = {
    id: newItemId(),
    name,
    value,
    description,
    createdAtMs: nowMs,
    valueUpdatedAtMs: nowMs,
  };
  account.secrets.set(secret.id, secret);
  return { status: 201, body: describeSecret(secret) };
}

function updateSecret(call: ApiCall) {
  const secret = find(call.account.secrets, call);
  const { bodyText: text, isOldContract, nowMs } = call;
  const { value, description } = parseRequestBody({ operation: "updateSecret", text, isOldContract });
  secret.description = description ?? secret.description;
  if (value !== undefined) {
    secret.value = value;
    secret.valueUpdatedAtMs = nowMs;
  }
  return { status: 200, body: describeSecret(secret) };
}

function listVolumes({ account }: ApiCall) {
  return { status: 200, body: { networkVolumes: [...account.volumes.values()].map(describeVolume) } };
}

function createVolume({ account, bodyText, isOldContract }: ApiCall) {
  const body = parseRequestBody({ operation: "createNetworkVolume", text: bodyText, isOldContract });
  if (dataCenterNames[body.dataCenter] === undefined) {
    const known = Object.keys(dataCenterNames).join(", ");
    throw new ApiProblem(
      400,
      `data center "${body.dataCenter}" has no network volumes; these have: ${known}`,
    );
  }
  const volume: NetworkVolume = {
    id: newItemId(),
    name: body.name,
    sizeGb: body.size,
    dataCenterId: body.dataCenter,
  };
  account.volumes.set(volume.id, volume);
  return { status: 201, body: describeVolume(volume) };
}
