import { SettingsError } from "../errors.ts";
import { reachOf } from "./network.ts";

/**
 * Says what somebody must know before a key goes to an address; `null` where it is safe on the way.
 *
 * Https is safe, and so is this machine. Plain http on a private network gives a sentence.
 *
 * @throws SettingsError where the key would cross a public network in clear.
 */
export function checkKeyTransport(address: string, keyName: string): string | null {
  const { protocol, host, port, hostname } = new URL(address);
  const reach = reachOf(address);
  if (protocol === "https:" || reach === "machine") return null;
  if (reach === "private") {
    return `${keyName} goes to ${host} over plain http: whoever shares that network can read it, and the conversations.`;
  }
  const door = port === "" ? "80" : port;
  throw new SettingsError(`${keyName} would cross the network in clear to ${host}: it was not sent.`, {
    remedy:
      "Use an https address, or lead a port of this machine there: " +
      `ssh -N -L ${door}:localhost:${door} ${hostname}, then http://localhost:${door}.`,
  });
}
