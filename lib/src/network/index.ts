export {
  chooseKey,
  findSettings,
  type KeyName,
  keyNames,
  type SettingSource,
  settingPlaces,
} from "./choose-keys.ts";
export { checkKeyTransport } from "./key-transport.ts";
export { isLoopbackUrl, readNetworkError } from "./network.ts";
export {
  AnswerTooLongError,
  longestEventCharacters,
  mostAnswerBytes,
  readTextWithin,
} from "./read-text-within.ts";
export { RedirectError, stayOnHost } from "./stay-on-host.ts";
