import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Lab, startLab } from "./lab-process.ts";

/** What somebody may have set once for a machine of their own, or for kernels on a cluster, and forgotten. */
const openToAll = `
c.IdentityProvider.token = c.PasswordIdentityProvider.token = c.ServerApp.token = ''
c.ServerApp.allow_credentials = c.ServerApp.allow_remote_access = c.ServerApp.disable_check_xsrf = True
c.ServerApp.allow_origin = '*'
c.ServerApp.allow_origin_pat = '.*'
c.ServerApp.ip = '0.0.0.0'
c.GatewayClient.url = 'http://127.0.0.1:9'
c.ServerApp.local_hostnames = ['localhost', 'intruder.example']
`;

describe("JupyterLab where the user's own settings open it to all", () => {
  let lab: Lab;
  const folder = mkdtempSync(join(tmpdir(), "workbook-test-"));
  before(async () => {
    for (const name of ["jupyter_config.py", "jupyter_server_config.py", "jupyter_lab_config.py"])
      writeFileSync(join(folder, name), openToAll);
    lab = await startLab({
      cells: {},
      environment: {
        JUPYTER_CONFIG_DIR: folder,
        JUPYTER_TOKEN: "",
        JUPYTER_GATEWAY_URL: "http://127.0.0.1:9",
      },
    });
  });
  after(async () => {
    await lab?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const ask = (path: string, options: RequestInit = {}) =>
    fetch(`${lab.address.origin}${path}`, { redirect: "manual", ...options });
  const authorization = () => ({ authorization: `token ${lab.address.token}` });

  test("starts no kernel without its token", async () => {
    assert.equal((await ask("/api/kernels", { method: "POST", body: "{}" })).status, 403);
    assert.equal((await ask("/api/kernels")).status, 403);
    assert.equal((await ask("/lab")).status, 302);
  });

  test("gives pages of another origin nothing, and answers to no other name", async () => {
    const headers = { origin: "https://intruder.example" };
    const refused = await ask("/api/kernels", { method: "POST", body: "{}", headers });
    assert.ok([403, 404].includes(refused.status));
    for (const answer of [refused, await ask("/api", { headers })])
      assert.equal(answer.headers.get("access-control-allow-origin"), null);
    const asked = get(`${lab.address.origin}/api`, { headers: { host: "intruder.example" } });
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    answer.resume();
    assert.equal(answer.statusCode, 403);
  });

  test("runs the kernels of this machine", async () => {
    const answer = await ask("/api/kernelspecs", { headers: authorization() });
    assert.match(await answer.text(), /"default": "tslab"/);
  });

  test("opens with the address that it prints, whose token is in no command line", async () => {
    assert.equal((await ask("/api/kernels", { headers: authorization() })).status, 200);
    assert.match(lab.commandLine(), /jupyter\/lab\.py/);
    assert.equal(lab.commandLine().includes(lab.address.token), false);
  });
});
