// The hosts of this run: this machine's own names and addresses, and those that settings and proxies name.

import { hostname, networkInterfaces } from "node:os";
import { loadSettings } from "workbook/settings";

/** Returns names and addresses, some of which may be public. */
export function listKnownHosts(): string[] {
  const own = hostname();
  const addresses = Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).filter(({ internal }) => !internal).map(({ address }) => address),
  );
  // Also in a rehearsal: a cell can read the settings file.
  const { openaiBaseUrl, huggingFaceUrl, runpodApiUrl, runpodProxyUrl } = loadSettings({
    WORKBOOK_TARGET: "given",
  });
  const proxies = Object.entries(process.env).flatMap(([name, value]) =>
    /_proxy$/i.test(name) ? [value] : [],
  );
  const urls = [
    openaiBaseUrl,
    huggingFaceUrl,
    runpodApiUrl,
    runpodProxyUrl.replaceAll(/\{\w+\}/g, "0"),
    ...proxies,
  ];
  const named = urls.flatMap((url) => (url && URL.canParse(url) ? [new URL(url).hostname] : []));
  return [own, own.split(".")[0] ?? "", ...addresses, ...named];
}
