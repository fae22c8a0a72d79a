import assert from "node:assert/strict";
import { test } from "node:test";
import { tidyEnvironment } from "../../bin/set-up/child-environment.mjs";
import { inProject } from "../../bin/set-up/project.mjs";

function tidy(environment: Record<string, string>): Record<string, string | undefined> {
  const tidied: NodeJS.ProcessEnv = { ...environment };
  tidyEnvironment(tidied);
  return { ...tidied };
}

test("what puts packages elsewhere, or leaves some out, is taken out", () => {
  const names = [
    ..."PIP_TARGET PIP_PREFIX PIP_ROOT PIP_USER PIP_REQUIRE_VIRTUALENV PIP_CONSTRAINT PIP_NO_BINARY PIP_DRY_RUN".split(
      " ",
    ),
    ..."PIP_PYTHON PIP_PLATFORM PIP_NO_DEPS PIP_REQUIREMENT UV_PYTHON UV_SYSTEM_PYTHON UV_PROJECT_ENVIRONMENT".split(
      " ",
    ),
    ..."UV_TARGET UV_PREFIX UV_CONSTRAINT UV_OVERRIDE UV_NO_BINARY UV_EXCLUDE_NEWER UV_MANAGED_PYTHON".split(
      " ",
    ),
    ..."npm_config_prefix npm_config_global npm_config_ignore_scripts npm_config_omit npm_config_workspaces".split(
      " ",
    ),
    ..."npm_config_workspace npm_config_dry_run npm_config_os NPM_CONFIG_PREFIX npm_config_local_prefix".split(
      " ",
    ),
    ..."PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONUSERBASE PYTHONINSPECT PYTHONWARNINGS PYTHONOPTIMIZE".split(
      " ",
    ),
  ];
  assert.deepEqual(tidy(Object.fromEntries(names.map((name) => [name, "/elsewhere"]))), {});
});

test("what leads to a registry stays, and what is of other matters", () => {
  const names = [
    ..."PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_CERT PIP_PROXY PIP_TRUSTED_HOST PIP_CACHE_DIR PIP_CONFIG_FILE".split(
      " ",
    ),
    ..."UV_DEFAULT_INDEX UV_INDEX UV_INDEX_URL UV_INDEX_OURS_PASSWORD UV_CACHE_DIR UV_HTTP_TIMEOUT UV_OFFLINE".split(
      " ",
    ),
    ..."npm_config_registry npm_config_https_proxy npm_config_noproxy npm_config_cafile npm_config_userconfig".split(
      " ",
    ),
    ..."npm_config_//host/:_authToken npm_config_@ours:registry npm_config_cache npm_config_loglevel".split(
      " ",
    ),
    ..."NPM_CONFIG_REGISTRY PYTHONUTF8 PATH HOME SSL_CERT_FILE NODE_EXTRA_CA_CERTS OPENAI_API_KEY PYTHON".split(
      " ",
    ),
  ];
  const environment = Object.fromEntries(names.map((name) => [name, "value"]));
  assert.deepEqual(tidy(environment), environment);
});

const nodeOptions: [given: string, left: string | undefined][] = [
  ["--require ./broken.js", undefined],
  ['-r "./a b.js" --max-old-space-size=4096', "--max-old-space-size=4096"],
  ["--use-system-ca --import=data:text/javascript,0 --inspect-brk=0", "--use-system-ca"],
  ["--inspect --dns-result-order=ipv4first --experimental-loader x.mjs", "--dns-result-order=ipv4first"],
  [
    "--test-only --watch-path=/tmp --test-reporter spec --max-old-space-size=4096",
    "--max-old-space-size=4096",
  ],
  ["--no-strip-types --no-experimental-strip-types", undefined],
  ["--max-http-header-size=1000", "--max-http-header-size=1000"],
];
for (const [given, left] of nodeOptions) {
  test(`of NODE_OPTIONS ${given} there stays ${left ?? "nothing"}`, () => {
    assert.equal(tidy({ NODE_OPTIONS: given })["NODE_OPTIONS"], left);
  });
}

test("a proxy is for others: this machine's own servers are asked without one", () => {
  const hosts = "localhost,127.0.0.1,::1";
  assert.deepEqual(tidy({ https_proxy: "http://p:1", NODE_USE_ENV_PROXY: "1" }), {
    https_proxy: "http://p:1",
    NODE_USE_ENV_PROXY: "1",
    NO_PROXY: hosts,
    no_proxy: hosts,
  });
  const { NO_PROXY, no_proxy } = tidy({ HTTP_PROXY: "http://p:1", NO_PROXY: "a.example, localhost" });
  assert.deepEqual([NO_PROXY, no_proxy], [`a.example, localhost,${hosts}`, `a.example, localhost,${hosts}`]);
  assert.equal(tidy({ NO_PROXY: "*" })["NO_PROXY"], "*");
});

test("the workbook's own kernel comes before others of its name", () => {
  const own = inProject(".venv/share/jupyter");
  assert.equal(tidy({ JUPYTER_PATH: "/a:/b" })["JUPYTER_PATH"], `${own}:/a:/b`);
  assert.equal(tidy({ JUPYTER_PATH: `${own}:/a` })["JUPYTER_PATH"], `${own}:/a`);
});
