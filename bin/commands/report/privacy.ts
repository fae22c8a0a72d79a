// Reports are sent around: what leads to a person, an account, a pod or a folder of this machine is replaced in them.

import { homedir, userInfo } from "node:os";
import { resolve } from "node:path";
import { loadSettings } from "workbook/settings";
import { projectRoot } from "../../set-up/project.mjs";
import { isPersonal, isTelling } from "./common-names.ts";
import { createHostHider, wordStart } from "./hosts.ts";
import { findIds, idPattern, listKnownIds } from "./ids.ts";
import { listKnownHosts } from "./known-hosts.ts";
import { escapePattern, mapCells, mapTexts } from "./texts.ts";

/** What is known of this machine and its account at the time of an export. */
export interface Surroundings {
  projectFolder: string;
  homeFolder: string;
  stateFolder: string;
  userName: string;
  /** Names and addresses of this machine, and hosts that its settings name. */
  knownHosts: readonly string[];
  /** Of all pods and endpoints that are on record. */
  knownIds: readonly string[];
}

interface Rule {
  pattern: RegExp;
  replacement: string;
}

/** A folder's separator, also as JSON and addresses may write it. */
const slash = String.raw`(?:/|\\/|%2F)`;

const accountProperty =
  /^(?:client_?|min_?)?balance(?:usd)?$|^(?:current)?spend|e-?mail$|^(?:account|user)_?(?:id|name)$/i;
const accountColumn = /\b(?:balance|spending|e-?mail|account)\b/i;

const rulesForAll: readonly Rule[] = [
  {
    pattern: new RegExp(
      `(?<![\\w.-])(?:file://)?(?:/mnt/[a-z](?=/Users))?${slash}(?:home|Users)${slash}[^\\s/\\\\%"'<>()[\\]{}:;,&…]+`,
      "g",
    ),
    replacement: "~",
  },
  { pattern: /\b[A-Za-z]:\\{1,2}Users\\{1,2}[^\s\\"'<>()[\]{}:;,]+(?: [\w.-]+(?=\\))?/g, replacement: "~" },
  { pattern: /\buser_[A-Za-z0-9]{10,}/g, replacement: "{account}" },
  // git@host:… is no mail address.
  {
    pattern:
      /(?<![\p{L}\w.+-])(?!git@)[\p{L}\w.+-]+(?:@|%40)(?:[\p{L}\w-]{1,63}\.){1,8}\p{L}{2,}(?![\p{L}\w])/giu,
    replacement: "{mail}",
  },
];

const number = String.raw`-?\d(?:,?\d){0,20}(?:\.\d{1,12})?`;
/** An amount that says so: of numbers alone few are the account's. */
const money = `(?:(?:-?(?:US)?[$€]|\\b(?:USD|EUR) ?)${number}|(?<![\\d.,$])${number} ?(?:[$€]|(?:US )?(?:USD|EUR|dollars?|euros?|credits?)\\b)(?!/))`;
const between = String.raw`(?:["'\s:=]|<[^<>]{0,300}>|\b(?:is|of|was|lasts|at|now|still|only|about)\b){0,30}`;

/** Only for what cells have put out: prose may speak of a balance of 10 dollars. */
const rulesForOutputs: readonly Rule[] = [
  {
    pattern: new RegExp(
      `((?:\\b|_|\\b(?:client|min))(?<!\\bload[ -])(?:balance|spending|spend[_ ]?limit|current_?spend(?:_?per_?hr)?)(?:\\s{0,3}\\((?:USD|\\$)\\)|_?usd)?${between})-?\\$?${number}`,
      "gi",
    ),
    replacement: "$1{hidden}",
  },
  {
    pattern: new RegExp(`(\\b(?:credits?|funds|wallet|remaining|left)\\b${between})${money}`, "gi"),
    replacement: "$1{hidden}",
  },
  {
    pattern: new RegExp(
      `(\\b(?:you|we|i|account|wallet|user)(?:['’]\\w{1,2})? (?:still |now |only )?(?:have|has|got|holds?|owns?|owes?) (?:\\w+ )?)${money}`,
      "gi",
    ),
    replacement: "$1{hidden}",
  },
  {
    pattern: new RegExp(
      `${money}(?=(?: \\w{1,20}){0,3} (?:left|remain(?:s|ing)?|(?:of|in) credits?|(?:in|on) (?:your|the|my|our) (?:account|wallet))\\b| available\\b)`,
      "gi",
    ),
    replacement: "{hidden}",
  },
  { pattern: /\b((?:account|user)_?name["']?\s*[:=]\s*["']?)[^\s"',<>]+/gi, replacement: "$1{account}" },
];

/** Returns what is known of this machine now: its folders, its user, and the ids in every journal of the state folder. */
export function readSurroundings(): Surroundings {
  const { stateFolder } = loadSettings();
  const knownIds = listKnownIds(stateFolder);
  return {
    projectFolder: projectRoot,
    homeFolder: homedir(),
    stateFolder,
    userName: readUserName(),
    knownHosts: listKnownHosts(),
    knownIds,
  };
}

/** In a container the user may have a number and no name. */
function readUserName(): string {
  try {
    return userInfo().username;
  } catch {
    return "";
  }
}

/**
 * Returns two functions that copy a value without what is private: `inTexts` takes out folders, users, mail addresses, ids
 * and hosts, `inOutputs` also the account's figures and names. An id or a host that is recognised in one place of what is
 * shown, or of the notebook's own code and prose, is replaced in all.
 */
export function createHider(given: { surroundings: Surroundings; shown: unknown; ownText?: string }): {
  inTexts: <Value>(value: Value) => Value;
  inOutputs: <Value>(value: Value) => Value;
} {
  const { surroundings, shown, ownText = "" } = given;
  const { userName, knownHosts, knownIds } = surroundings;
  const pattern = idPattern([...new Set([...knownIds, ...findIds([shown, ownText])])]);
  const hosts = createHostHider({ knownHosts, shown, ownText });
  const rulesBefore = [...folderRules(surroundings), ...rulesForAll];
  const rulesAfter = [
    ...userRules(userName),
    ...(pattern === null ? [] : [{ pattern, replacement: "{podId}" }]),
  ];
  const inText = (text: string) => replaceAll(hosts.inTexts(replaceAll(text, rulesBefore)), rulesAfter);
  const outputRules = [...rulesAfter, ...aloneRule(userName), ...rulesForOutputs];
  const inOutput = (text: string) =>
    mapCells(
      replaceAll(hosts.inOutputs(replaceAll(text, rulesBefore)), outputRules),
      accountColumn,
      () => "{hidden}",
    );
  return {
    inTexts: (value) => mapTexts(value, inText),
    inOutputs: (value) => mapTexts(value, inOutput, isOfAccount),
  };
}

/** The folders of the project, of its state and of the user, in paths and file addresses. */
function folderRules({ projectFolder, stateFolder, homeFolder }: Surroundings): Rule[] {
  const rule = (given: string, replacement: string): Rule[] => {
    const folder = resolve(given);
    if (folder === "/") return [];
    const path = escapePattern(folder).replaceAll("/", slash);
    const pattern = new RegExp(`(?:file://)?(?<![\\w.~-])${path}(?![\\w-])(?!\\.\\w)`, "g");
    return [{ pattern, replacement }];
  };
  return [...rule(projectFolder, "."), ...rule(stateFolder, ".workbook"), ...rule(homeFolder, "~")];
}

/** The user's name where it is a folder of any other absolute path, a value of the environment, or before the machine's. */
function userRules(userName: string): Rule[] {
  if (!isPersonal(userName)) return [];
  const name = escapePattern(userName);
  const folders = `(?:^|[\\s"'(=>\`:])(?:/[\\w.@+-]+)*/|/(?:home|Users)/`;
  const variables = `\\b(?:USER|USERNAME|LOGNAME|user|username)["']?\\s*[:=]\\s*["']?`;
  return [
    { pattern: new RegExp(`\\b${name}(?=@\\{host)`, "g"), replacement: "{user}" },
    { pattern: new RegExp(`\\b${name}@[\\w-]+(?=[:\\s])`, "g"), replacement: "{user}@{host}" },
    { pattern: new RegExp(`(${folders}|${variables})${name}(?![\\w-])`, "g"), replacement: "$1{user}" },
  ];
}

/** The user's name where it is a word, as in a list of files. */
function aloneRule(userName: string): Rule[] {
  if (!isTelling(userName)) return [];
  const pattern = new RegExp(`${wordStart}(?<![/@])${escapePattern(userName)}(?![\\w@-]|\\.\\w)`, "g");
  return [{ pattern, replacement: "{user}" }];
}

function replaceAll(text: string, rules: readonly Rule[]): string {
  return rules.reduce((changed, { pattern, replacement }) => changed.replace(pattern, replacement), text);
}

/** Figures and names of the account stand under their own name. */
function isOfAccount(name: string, item: unknown): boolean {
  return accountProperty.test(name) && ["string", "number"].includes(typeof item);
}
