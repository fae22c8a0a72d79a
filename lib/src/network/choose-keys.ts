/** Where settings come from, the place that wins first; the texts stand in messages. */
export const settingPlaces = ["given to loadSettings", "set in the environment", "set in .env"] as const;
type SettingPlace = (typeof settingPlaces)[number];

/** The values of one place, by the names of their variables. */
export interface SettingSource {
  place: SettingPlace;
  values: Readonly<Record<string, string | undefined>>;
}

const runpod = { variable: "RUNPOD_API_URL", vendorOrigin: "https://api.runpod.io" };

/** The addresses that each key goes to, and whose own host needs no further word. */
const addressesOfKeys = {
  RUNPOD_API_KEY: [runpod],
  RUNPOD_ENDPOINT_KEY: [runpod],
  // Runpod keeps it as a secret, for pods that serve gated models.
  HF_TOKEN: [{ variable: "HF_ENDPOINT", vendorOrigin: "https://huggingface.co" }, runpod],
  OPENAI_API_KEY: [{ variable: "OPENAI_BASE_URL", vendorOrigin: "https://api.openai.com" }],
};

/** The variables that hold a key. */
export type KeyName = keyof typeof addressesOfKeys;
export const keyNames = Object.keys(addressesOfKeys) as KeyName[];

/** A key that may be used, or the sentence that says why the one that was found is not. */
export type ChosenKey = { value: string } | { withheld: string };

/**
 * Chooses the value of a key that may go to its addresses: found in the same place as each address, or the address is
 * the vendor's own. What is given to loadSettings is the caller's word.
 *
 * So a key of the environment, which is there for the vendor, never goes to a host that only `.env` names.
 */
export function chooseKey(name: KeyName, sources: readonly SettingSource[]): ChosenKey | null {
  const candidates = findSettings(name, sources);
  const strangers = addressesOfKeys[name].flatMap(({ variable, vendorOrigin }) => {
    const [address] = findSettings(variable, sources);
    const origin =
      address !== undefined && URL.canParse(address.value) ? new URL(address.value).origin : null;
    return origin === null || origin === vendorOrigin ? [] : [{ variable, origin, place: address?.place }];
  });
  const chosen = candidates.find(
    ({ place }) => place === settingPlaces[0] || strangers.every((address) => address.place === place),
  );
  if (chosen !== undefined) return { value: chosen.value };
  const [found] = candidates;
  const stranger = strangers.find(({ place }) => place !== found?.place);
  if (found === undefined || stranger === undefined) return null;
  return {
    withheld:
      `${name} (${found.place}) is not sent to ${stranger.origin}, for ${stranger.variable} is ${stranger.place}. ` +
      `If the key belongs to that host, ${name} must be ${stranger.place} too.`,
  };
}

/** Finds a variable in all places that set it to something, the one that wins first. */
export function findSettings(
  name: string,
  sources: readonly SettingSource[],
): { place: SettingPlace; value: string }[] {
  return sources
    .map(({ place, values }) => ({ place, value: values[name]?.trim() ?? "" }))
    .filter(({ value }) => value !== "");
}
