import { newItemId } from "../account/account.ts";
import { dataCenterNames } from "../account/gpu-catalog.ts";
import { changeFields, defaultContainer } from "../account/pod.ts";
import { describeSecret, describeTemplate, describeVolume, type Template } from "../account/stored-items.ts";
import { type ApiCall, type ApiOperation, paginate } from "./api-operation.ts";
import { ApiProblem, notFound } from "./api-problem.ts";
import { parseRequestBody } from "./request-bodies.ts";

/** Templates, secrets and network volumes: what an account keeps for its pods. */
export const itemOperations: readonly ApiOperation[] = [
  { operation: "listTemplates", method: "GET", path: "/v2/templates", answer: listTemplates },
  { operation: "createTemplate", method: "POST", path: "/v2/templates", answer: createTemplate },
  { operation: "updateTemplate", method: "PATCH", path: "/v2/templates/:id", answer: updateTemplate },
  { operation: "deleteTemplate", method: "DELETE", path: "/v2/templates/:id", answer: remover("templates") },
  { operation: "listSecrets", method: "GET", path: "/v2/account/secrets", answer: listSecrets },
  { operation: "createSecret", method: "POST", path: "/v2/account/secrets", answer: createSecret },
  { operation: "updateSecret", method: "PATCH", path: "/v2/account/secrets/:id", answer: updateSecret },
  {
    operation: "deleteSecret",
    method: "DELETE",
    path: "/v2/account/secrets/:id",
    answer: remover("secrets"),
  },
  { operation: "listNetworkVolumes", method: "GET", path: "/v2/network-volumes", answer: listVolumes },
  { operation: "createNetworkVolume", method: "POST", path: "/v2/network-volumes", answer: createVolume },
  {
    operation: "deleteNetworkVolume",
    method: "DELETE",
    path: "/v2/network-volumes/:id",
    answer: remover("volumes"),
  },
];

function find<Item>(items: ReadonlyMap<string, Item>, { parameters }: ApiCall): Item {
  const item = items.get(parameters["id"] ?? "");
  if (item === undefined) throw notFound();
  return item;
}

function remover(kind: "templates" | "secrets" | "volumes") {
  return (call: ApiCall) => {
    find<unknown>(call.account[kind], call);
    call.account[kind].delete(call.parameters["id"] ?? "");
    return { status: 204 };
  };
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
  const { account, bodyText: text, isOldContract } = call;
  const { name, ...body } = parseRequestBody({ operation: "createTemplate", text, isOldContract });
  refuseTakenName(call, name, null);
  const settings = changeFields(defaultSettings, body);
  const template = { id: newItemId(), name, container: changeFields(defaultContainer, body), settings };
  account.templates.set(template.id, template);
  return showTemplate(call, template, 201);
}

function updateTemplate(call: ApiCall) {
  const { account, bodyText: text, isOldContract } = call;
  const template = find(account.templates, call);
  const { name, ...body } = parseRequestBody({ operation: "updateTemplate", text, isOldContract });
  if (name !== undefined) refuseTakenName(call, name, template.id);
  template.name = name ?? template.name;
  template.container = changeFields(template.container, body);
  template.settings = changeFields(template.settings, body);
  return showTemplate(call, template);
}

const defaultSettings: Template["settings"] = {
  public: false,
  serverless: false,
  category: "NVIDIA",
  startSsh: true,
  startJupyter: true,
  allowedCudaVersions: [],
};

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
  const secret = { ...body, id: newItemId(), createdAtMs: nowMs, valueUpdatedAtMs: nowMs };
  account.secrets.set(secret.id, secret);
  return { status: 201, body: describeSecret(secret) };
}

function updateSecret(call: ApiCall) {
  const { bodyText: text, isOldContract, nowMs } = call;
  const secret = find(call.account.secrets, call);
  secret.value = parseRequestBody({ operation: "updateSecret", text, isOldContract }).value;
  secret.valueUpdatedAtMs = nowMs;
  return { status: 200, body: describeSecret(secret) };
}

function listVolumes({ account }: ApiCall) {
  return { status: 200, body: { networkVolumes: [...account.volumes.values()].map(describeVolume) } };
}

function createVolume({ account, bodyText, isOldContract }: ApiCall) {
  const body = parseRequestBody({ operation: "createNetworkVolume", text: bodyText, isOldContract });
  if (dataCenterNames[body.dataCenter] === undefined) {
    const known = Object.keys(dataCenterNames).join(", ");
    const problem = `data center "${body.dataCenter}" has no network volumes; these have: ${known}`;
    throw new ApiProblem(400, problem);
  }
  const volume = { id: newItemId(), name: body.name, sizeGb: body.size, dataCenterId: body.dataCenter };
  account.volumes.set(volume.id, volume);
  return { status: 201, body: describeVolume(volume) };
}
