import { LauncherError } from "./launcher-error.mjs";
import { projectRoot } from "./project.mjs";

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

const unwritable =
  /\b(?:ENOSPC|EDQUOT|EROFS)\b|EACCES: permission denied|ENOENT[^,\n]{0,80}, mkdir\b|No space left on device|Disk quota exceeded|Read-only file system|Permission denied:/i;

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
    const saysOf = (/** @type {RegExp} */ fault) => lastLines.some((line) => fault.test(line));
    const again = "Then run the same command again: set-up goes on where it stopped.";
    let message =
      `${tool} could not install ${what} (${cause.message}).\n` +
      "Run the same command again; `npm run setup -- --verbose` shows all that the tool says.";
    if (saysOf(unreachable))
      message =
        `${tool} could not reach its package registry while it was installing ${what}.\n` +
        `Check the network and, behind a proxy or a mirror, ${tool}'s settings (${settings}). ${again}`;
    if (saysOf(unwritable))
      message =
        `${tool} could not write to the disk while it was installing ${what}; it writes to ${projectRoot}, ` +
        `to the folder for temporary files and to its cache (${settings}).\n` +
        `Make room there or allow it to write. ${again}`;
    throw new LauncherError(message, { lastLines, cause });
  }
}
