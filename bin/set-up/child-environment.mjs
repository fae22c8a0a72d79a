// The environment of everything that the launcher starts: what the user's shell has set for other projects' tools would
// put packages elsewhere, or load code into Python, Node or Jupyter that this project does not know.

import { delimiter, join } from "node:path";
import { pythonEnvironment } from "./project.mjs";

/** Of the settings of package managers only those stay that say how to reach a registry, and where to keep downloads. */
const kept = {
  pip: /^PIP_(?:(?:EXTRA_)?INDEX_URL|FIND_LINKS|NO_INDEX|TRUSTED_HOST|CERT|CLIENT_CERT|PROXY|(?:DEFAULT_)?TIMEOUT|RETRIES|(?:NO_)?CACHE_DIR|CONFIG_FILE|KEYRING_PROVIDER|USE_FEATURE)$/,
  uv: /^UV_(?:(?:DEFAULT_|EXTRA_)?INDEX(?:_URL|_STRATEGY|_\w+_(?:USERNAME|PASSWORD))?|FIND_LINKS|NO_INDEX|OFFLINE|KEYRING_PROVIDER|NATIVE_TLS|SYSTEM_CERTS|INSECURE_HOST|HTTP_\w+|CONCURRENT_\w+|CACHE_DIR|NO_CACHE|LINK_MODE|CONFIG_FILE|NO_CONFIG)$/,
  npm: /^npm_config_(?:registry|(?:https?_)?proxy|no_?proxy|ca|cafile|cert|key|strict_ssl|userconfig|globalconfig|cache|fetch_\w+|maxsockets|(?:prefer_)?o(?:ff|n)line|loglevel|_auth\w*|user_agent|@.*|\/\/.*)$/i,
  python: /^PYTHON(?:UTF8|IOENCODING|DONTWRITEBYTECODE|PYCACHEPREFIX|UNBUFFERED|HASHSEED)$/,
};

/** What Node is told to load, to wait for or to leave out before it does its work; where memory and certificates are told it stays. */
const loadsCode =
  /(^|\s)(?:(?:-r|--require|--import|--(?:experimental-)?loader|--(?:watch|test)[\w-]*)(?:(?:=|\s+(?!-))(?:"[^"]*"|\S+))?|--inspect[\w-]*(?:=\S+)?|--no-(?:experimental-)?strip-types(?!\S))/g;

const thisMachine = ["localhost", "127.0.0.1", "::1"];

/**
 * Takes out of an environment what other projects' settings would change in this one, and adds what keeps its own servers
 * and its own kernel within reach.
 * @param {NodeJS.ProcessEnv} environment
 */
export function tidyEnvironment(environment) {
  for (const name of Object.keys(environment)) if (isForeign(name)) delete environment[name];
  const options = environment["NODE_OPTIONS"]?.replace(loadsCode, "$1").trim();
  if (options !== undefined) environment["NODE_OPTIONS"] = options;
  if (options === "") delete environment["NODE_OPTIONS"];
  // Both are asked for: which one counts differs from program to program.
  for (const name of ["NO_PROXY", "no_proxy"]) {
    const hosts = (environment[name] ?? environment["NO_PROXY"] ?? environment["no_proxy"] ?? "").split(",");
    const all = [...hosts.filter((host) => host.trim() !== ""), ...thisMachine];
    if (hasProxy(environment)) environment[name] = [...new Set(all)].join(",");
  }
  // Another kernel of this name must not come first.
  const kernels = join(pythonEnvironment, "share/jupyter");
  const others = environment["JUPYTER_PATH"]
    ?.split(delimiter)
    .filter((path) => path !== kernels && path !== "");
  if (others !== undefined) environment["JUPYTER_PATH"] = [kernels, ...others].join(delimiter);
}

/** @param {string} name */
function isForeign(name) {
  if (/^PIP_/.test(name)) return !kept.pip.test(name);
  if (/^UV_/.test(name)) return !kept.uv.test(name);
  if (/^npm_config_/i.test(name)) return !kept.npm.test(name);
  return /^PYTHON[A-Z0-9]/.test(name) && !kept.python.test(name);
}

/** @param {NodeJS.ProcessEnv} environment */
function hasProxy(environment) {
  return Object.keys(environment).some(
    (name) => /^(?:https?|all)_proxy$/i.test(name) && environment[name] !== "",
  );
}
