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
 * Runs an installation and, where it fails, says which package manager failed at what, and what to do about it.
 *
 * @template Result
 * @param {{ tool: string, what: string, settings: string }} subject the package manager, what it was to install, and
 *   where its registry is configured
 * @param {() => Promise<Result>} install
 * @returns {Promise<Result>}
 * @throws LauncherError
 */
export async function installFromRegistry({ tool, what, settings }, install) {
  try {
    return await install();
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
