import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { SettingsError } from "../lib/src/errors.ts";
import { type EnvironmentOverrides, loadSettings } from "../lib/src/settings.ts";
import { makeCheckout, makeFolder } from "./helpers/environment.ts";

const secrets = {
  RUNPOD_API_KEY: "rpa_canary",
  RUNPOD_ENDPOINT_KEY: "rpa_canary-endpoint",
  HF_TOKEN: "hf_canary",
  OPENAI_API_KEY: "sk-canary",
};

/** The message of the error that these settings give. */
function complaint(settings: () => unknown): string {
  try {
    settings();
  } catch (error) {
    assert.ok(error instanceof SettingsError, `${error} is no SettingsError`);
    return error.message;
  }
  return assert.fail("no error was thrown");
}

describe("loadSettings", () => {
  test("gives a rehearsal and the public addresses where nothing is set", (t) => {
    const { root } = makeCheckout(t);
    assert.deepEqual(
      { ...loadSettings({}, { environment: {}, folder: root }) },
      {
        target: "rehearsal",
        projectRoot: root,
        stateFolder: join(root, ".workbook"),
        maxUsdPerHour: null,
        maxUsd: null,
        runpodApiUrl: "https://api.runpod.io/v2",
        runpodProxyUrl: "https://{podId}-{port}.proxy.runpod.net",
        huggingFaceUrl: "https://huggingface.co",
        openaiBaseUrl: null,
        model: null,
        rehearsalModel: null,
        scaleOut: false,
        withheldKeys: {},
      },
    );
  });

  test("reads every variable", (t) => {
    const { root } = makeCheckout(t);
    const environment = {
      ...secrets,
      WORKBOOK_TARGET: "runpod",
      WORKBOOK_STATE: "state/here",
      WORKBOOK_MAX_USD: "0",
      WORKBOOK_MAX_USD_PER_HOUR: "1.25",
      RUNPOD_API_URL: "http://127.0.0.1:1/v2",
      RUNPOD_PROXY_URL: "http://127.0.0.1:2/{podId}/{port}",
      HF_ENDPOINT: "http://127.0.0.1:3",
      OPENAI_BASE_URL: "http://127.0.0.1:4/v1",
      MODEL: "small",
      REHEARSAL_MODEL: "/models/other.gguf",
      WORKBOOK_SCALE_OUT: "yes",
    };
    const settings = loadSettings({}, { environment, folder: root });
    assert.deepEqual(
      { ...settings },
      {
        target: "runpod",
        projectRoot: root,
        stateFolder: join(root, "state/here"),
        maxUsdPerHour: 1.25,
        maxUsd: 0,
        runpodApiUrl: "http://127.0.0.1:1/v2",
        runpodProxyUrl: "http://127.0.0.1:2/{podId}/{port}",
        huggingFaceUrl: "http://127.0.0.1:3",
        openaiBaseUrl: "http://127.0.0.1:4/v1",
        model: "small",
        rehearsalModel: "/models/other.gguf",
        scaleOut: true,
        withheldKeys: {},
      },
    );
    assert.deepEqual(
      [settings.runpodApiKey, settings.runpodEndpointKey, settings.huggingFaceToken, settings.openaiApiKey],
      ["rpa_canary", "rpa_canary-endpoint", "hf_canary", "sk-canary"],
    );
  });

  test("keeps an absolute state folder as it is", (t) => {
    const { root } = makeCheckout(t);
    const folder = makeFolder(t);
    assert.equal(
      loadSettings({ WORKBOOK_STATE: folder }, { environment: {}, folder: root }).stateFolder,
      folder,
    );
  });

  test("lets the environment win over .env, and an override over both", (t) => {
    const { root } = makeCheckout(t, { envFile: "MODEL=file\nREHEARSAL_MODEL=file\nWORKBOOK_STATE=file\n" });
    const environment = { MODEL: "environment", REHEARSAL_MODEL: "environment" };
    const settings = loadSettings({ MODEL: "override" }, { environment, folder: root });
    assert.equal(settings.model, "override");
    assert.equal(settings.rehearsalModel, "environment");
    assert.equal(settings.stateFolder, join(root, "file"));
  });

  test("takes a variable that is set to nothing for one that is not set", (t) => {
    const { root } = makeCheckout(t, { envFile: "MODEL=file\nOPENAI_BASE_URL=\n" });
    const settings = loadSettings({ MODEL: "" }, { environment: { MODEL: "  " }, folder: root });
    assert.equal(settings.model, "file");
    assert.equal(settings.openaiBaseUrl, null);
  });

  test("finds .env at the project's root from a folder inside, past other packages", (t) => {
    const { root, notebooks } = makeCheckout(t, { envFile: "MODEL=file\n" });
    writeFileSync(join(notebooks, "package.json"), JSON.stringify({ name: "something-else" }));
    writeFileSync(join(notebooks, ".env"), "MODEL=wrong\n");
    const settings = loadSettings({}, { environment: {}, folder: notebooks });
    assert.equal(settings.projectRoot, root);
    assert.equal(settings.model, "file");
  });

  test("takes the folder itself for the root outside a checkout", (t) => {
    const folder = makeFolder(t);
    writeFileSync(join(folder, "package.json"), "this is no JSON");
    assert.equal(loadSettings({}, { environment: {}, folder }).projectRoot, folder);
  });

  test("leaves .env unread where WORKBOOK_IGNORE_ENV_FILE is 1", (t) => {
    const { root } = makeCheckout(t, { envFile: "MODEL=file\nWORKBOOK_TARGET=given\n" });
    const settings = loadSettings({}, { environment: { WORKBOOK_IGNORE_ENV_FILE: "1" }, folder: root });
    assert.equal(settings.model, null);
    assert.equal(settings.target, "rehearsal");
  });

  test("reads everything anew at every call", (t) => {
    const { root } = makeCheckout(t, { envFile: "MODEL=first\n" });
    const load = () => loadSettings({}, { environment: {}, folder: root }).model;
    assert.equal(load(), "first");
    writeFileSync(join(root, ".env"), "MODEL=second\n");
    assert.equal(load(), "second");
  });

  test("prints nothing while it reads .env", (t) => {
    const { root } = makeCheckout(t, { envFile: "MODEL=file\n" });
    const write = t.mock.method(process.stdout, "write");
    const writeError = t.mock.method(process.stderr, "write");
    loadSettings({}, { environment: {}, folder: root });
    assert.equal(write.mock.callCount() + writeError.mock.callCount(), 0);
  });
});

describe("the secrets of the settings", () => {
  test("are null in a rehearsal, wherever a key is set", (t) => {
    const envFile = Object.entries(secrets)
      .map(([name, value]) => `${name}=${value}\n`)
      .join("");
    const { root } = makeCheckout(t, { envFile });
    const settings = loadSettings({ ...secrets }, { environment: secrets, folder: root });
    assert.deepEqual(
      [settings.runpodApiKey, settings.runpodEndpointKey, settings.huggingFaceToken, settings.openaiApiKey],
      [null, null, null, null],
    );
  });

  test("never switch the target", (t) => {
    const { root } = makeCheckout(t);
    assert.equal(loadSettings({}, { environment: secrets, folder: root }).target, "rehearsal");
  });

  for (const target of ["runpod", "given"] as const) {
    test(`do not show when the settings of the target ${target} are printed`, (t) => {
      const { root } = makeCheckout(t);
      const settings = loadSettings({ WORKBOOK_TARGET: target }, { environment: secrets, folder: root });
      const printed: string[] = [];
      const log = t.mock.method(process.stdout, "write", (text: string | Uint8Array) => {
        printed.push(String(text));
        return true;
      });
      console.log(settings);
      console.log("%o", settings.target, settings);
      log.mock.restore();
      printed.push(
        inspect(settings, { depth: 9 }),
        JSON.stringify(settings),
        JSON.stringify({ ...settings }),
      );
      assert.match(printed.join(""), new RegExp(`target: '${target}'`));
      assert.doesNotMatch(printed.join(""), /canary/);
      assert.equal(settings.openaiApiKey, "sk-canary");
    });
  }
});

describe("a setting that cannot be used", () => {
  const invalid: [keyof EnvironmentOverrides, string, string][] = [
    ["WORKBOOK_TARGET", "rehersal", "takes rehearsal, runpod or given."],
    ["WORKBOOK_TARGET", "RUNPOD", "takes rehearsal, runpod or given."],
    ["WORKBOOK_MAX_USD", "ten", "takes a number of dollars, such as 10."],
    ["WORKBOOK_MAX_USD", "1e999", "takes a number of dollars, such as 10."],
    ["WORKBOOK_MAX_USD", "-0.01", "must not be less than 0 dollars."],
    ["WORKBOOK_MAX_USD", "1000001", "is above 1,000,000 dollars, which is surely a mistake."],
    ["WORKBOOK_MAX_USD_PER_HOUR", "two", "takes a number of dollars, such as 2.00."],
    ["WORKBOOK_MAX_USD_PER_HOUR", "2,00", "takes a number of dollars, such as 2.00."],
    ["WORKBOOK_MAX_USD_PER_HOUR", "$2", "takes a number of dollars, such as 2.00."],
    ["WORKBOOK_MAX_USD_PER_HOUR", "Infinity", "takes a number of dollars, such as 2.00."],
    ["WORKBOOK_MAX_USD_PER_HOUR", "0", "must be more than 0 dollars."],
    ["WORKBOOK_MAX_USD_PER_HOUR", "-1", "must be more than 0 dollars."],
    ["WORKBOOK_MAX_USD_PER_HOUR", "1001", "is above 1,000 dollars an hour, which is surely a mistake."],
    ["RUNPOD_API_URL", "api.runpod.io", "is not a web address; it looks like https://api.runpod.io/v2."],
    ["RUNPOD_PROXY_URL", "https://proxy.runpod.net", "must contain {podId}."],
    ["HF_ENDPOINT", "ftp://huggingface.co", "is not a web address; it looks like https://huggingface.co."],
    ["OPENAI_BASE_URL", "localhost:8000", "is not a web address; it looks like https://example.com/v1."],
    ["WORKBOOK_SCALE_OUT", "true", "takes yes or no."],
  ];
  const remedy = "Correct it there; .env.example explains every setting.";

  for (const [name, value, problem] of invalid) {
    test(`is named with its place and what it takes: ${name}=${value}`, (t) => {
      const empty = makeCheckout(t).root;
      const filled = makeCheckout(t, { envFile: `${name}=${value}\n` }).root;
      assert.equal(
        complaint(() => loadSettings({}, { environment: { [name]: value }, folder: empty })),
        `${name} (set in the environment) ${problem} ${remedy}`,
      );
      assert.equal(
        complaint(() => loadSettings({}, { environment: {}, folder: filled })),
        `${name} (set in .env) ${problem} ${remedy}`,
      );
      assert.equal(
        complaint(() => loadSettings({ [name]: value }, { environment: {}, folder: empty })),
        `${name} (given to loadSettings) ${problem} ${remedy}`,
      );
    });
  }

  test("is looked for in .env where the places before it are set to nothing", (t) => {
    const { root } = makeCheckout(t, { envFile: "WORKBOOK_TARGET=pod\n" });
    assert.equal(
      complaint(() =>
        loadSettings({ WORKBOOK_TARGET: "" }, { environment: { WORKBOOK_TARGET: " " }, folder: root }),
      ),
      `WORKBOOK_TARGET (set in .env) takes rehearsal, runpod or given. ${remedy}`,
    );
  });

  test("is named together with all others", (t) => {
    const { root } = makeCheckout(t);
    assert.equal(
      complaint(() =>
        loadSettings({ WORKBOOK_TARGET: "pod", WORKBOOK_SCALE_OUT: "1" }, { environment: {}, folder: root }),
      ),
      "WORKBOOK_TARGET (given to loadSettings) takes rehearsal, runpod or given. " +
        `WORKBOOK_SCALE_OUT (given to loadSettings) takes yes or no. ${remedy}`,
    );
  });

  test("may not be an address with a password, which would show in what is printed", (t) => {
    const { root } = makeCheckout(t);
    for (const name of ["OPENAI_BASE_URL", "RUNPOD_API_URL", "HF_ENDPOINT"]) {
      assert.equal(
        complaint(() =>
          loadSettings({ [name]: "https://me:canary@example.com/v1" }, { environment: {}, folder: root }),
        ),
        `${name} (given to loadSettings) must not carry a user name or password; a key has a variable of its own. ${remedy}`,
      );
    }
  });

  test("never shows a secret, neither in its error nor in what the error was caused by", (t) => {
    const { root } = makeCheckout(t, { envFile: "HF_TOKEN=hf_canary\n" });
    const environment = { ...secrets, WORKBOOK_TARGET: "sk-canary", OPENAI_BASE_URL: "sk-canary" };
    try {
      loadSettings({ RUNPOD_API_URL: "rpa_canary" }, { environment, folder: root });
      assert.fail("no error was thrown");
    } catch (error) {
      assert.ok(error instanceof SettingsError);
      const shown = [inspect(error), String(error), JSON.stringify(error), inspect(error.cause), error.stack];
      assert.doesNotMatch(shown.join(""), /canary/);
    }
  });
});
