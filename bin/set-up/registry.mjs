import { LauncherError } from "./launcher-error.mjs";

const unreachable = new RegExp(
  [
    "ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT",
    "name resolution|NewConnectionError|Max retries exceeded|ConnectTimeout|ReadTimeout|ProxyError",
    "Cannot connect to proxy|Network is unreachable|Connection refused|error sending request|dns error",
    // All that pip says where it is told not to try again.
    "from versions: none",
    "CERTIFICATE_VERIFY_FAILED|SELF_SIGNED_CERT|unable to get local issuer",
  ].join("|"),
  "i",
);

/**
 * Runs an installation; its LauncherError says what failed and names the `settings` of the registry.
 * @param {{ tool: string, what: string, settings: string }} subject
 * @param {() => Promise<void>} install
 */
export async function installFromRegistry({ tool, what, settings }, install) {
  try {
    await install();
  } catch (cause) {
    if (!(cause instanceof LauncherError)) throw cause;
    const { lastLines } = cause;
    const message = lastLines.some((line) => unreachable.test(line))
      ? `${tool} could not reach its package registry while it was installing ${what}.\n` +
        `Check the network and, behind a proxy or a mirror, ${tool}'s settings (${settings}). ` +
        "Then run the same command again: set-up goes on where it stopped."
      : `${tool} could not install ${what} (${cause.message}).\n` +
        "Run the same command again; `npm run setup -- --verbose` shows all that the tool says.";
    throw new LauncherError(message, { lastLines, cause });
  }
}
