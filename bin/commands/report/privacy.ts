// Reports are sent around: what leads to a person, an account, a pod or a folder of this machine is replaced in them.

import { homedir, userInfo } from "node:os";
import { resolve } from "node:path";
import { loadSettings } from "workbook/settings";
import { projectRoot } from "../../set-up/project.mjs";
import { findIds, idPattern, listKnownIds } from "./ids.ts";
import { escapePattern, mapCells, mapTexts } from "./texts.ts";

/** What is known of this machine and its account at the time of an export. */
export interface Surroundings {
  projectFolder: string;
  homeFolder: string;
  stateFolder: string;
  userName: string;
  /** Of all pods and endpoints that are on record. */
  knownIds: readonly string[];
}

interface Rule {
  pattern: RegExp;
  replacement: string;
}

/** Names of users that say nothing about a person, and are found in many a path. */
const commonUserNames = ["root", "user", "node", "jovyan", "vscode", "ubuntu", "runner", "home", "data"];

/** A folder's separator, also as JSON and addresses may write it. */
const slash = String.raw`(?:/|\\/|%2F)`;

const accountProperty =
  /^(?:client_?)?balance(?:usd)?$|^(?:current)?spend|e-?mail$|^(?:account|user)_?(?:id|name)$/i;
const accountColumn = /\b(?:balance|spending|e-?mail|account)\b/i;

const rulesForAll: readonly Rule[] = [
  {
    pattern: new RegExp(
      `(?<![\\w.-])(?:file://)?(?:/mnt/[a-z](?=/Users))?${slash}(?:home|Users)${slash}[^\\s/\\\\%"'<>()[\\]{}:;,&…]+`,
      "g",
    ),
    replacement: "~",
  },
  { pattern: /\b[A-Za-z]:\\{1,2}Users\\{1,2}[^\s\\"'<>()[\]{}:;,]+/g, replacement: "~" },
  { pattern: /\buser_[A-Za-z0-9]{10,}/g, replacement: "{account}" },
  // git@host:… is no mail address.
  { pattern: /(?<![\w.+-])(?!git@)[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b/gi, replacement: "{mail}" },
];

/** Only for what cells have put out: prose may speak of a balance of 10 dollars. */
const rulesForOutputs: readonly Rule[] = [
  {
    pattern:
      /((?:\b|\bclient_?)(?:balance|spending|current_?spend(?:_?per_?hr)?)(?:\s*\((?:USD|\$)\)|_?usd)?(?:["'\s:=]|<[^>]*>|\b(?:is|of|was|lasts|at)\b)*)-?\$?-?\d[\d,]*(?:\.\d+)?/gi,
    replacement: "$1{hidden}",
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
 * Returns two functions that copy a value without what is private: `inTexts` takes out folders, users, mail addresses and
 * ids, `inOutputs` also the account's figures and names. An id that is recognised in one place of `shown` is replaced in all.
 */
export function createHider(
  surroundings: Surroundings,
  shown: unknown,
): { inTexts: <Value>(value: Value) => Value; inOutputs: <Value>(value: Value) => Value } {
  const pattern = idPattern([...new Set([...surroundings.knownIds, ...findIds(shown)])]);
  const rules = [
    ...folderRules(surroundings),
    ...rulesForAll,
    ...userRules(surroundings.userName),
    ...(pattern === null ? [] : [{ pattern, replacement: "{podId}" }]),
  ];
  const inText = (text: string) => replaceAll(text, rules);
  const inOutput = (text: string) =>
    mapCells(replaceAll(inText(text), rulesForOutputs), accountColumn, () => "{hidden}");
  return {
    inTexts: (value) => mapTexts(value, inText),
    inOutputs: (value) => mapTexts(value, inOutput, isOfAccount),
  };
}

/** The folders of the project, of its state and of the user, in paths and file addresses. */
function folderRules({ projectFolder, stateFolder, homeFolder }: Surroundings): Rule[] {
  const rule = (path: string, replacement: string): Rule[] => {
    const folder = resolve(path);
    if (folder === "/") return [];
    const pattern = new RegExp(`(?:file://)?(?<![\\w.~-])${escapePattern(folder)}(?![\\w-])(?!\\.\\w)`, "g");
    return [{ pattern, replacement }];
  };
  return [...rule(projectFolder, "."), ...rule(stateFolder, ".workbook"), ...rule(homeFolder, "~")];
}

/** The user's name where it is a folder of any other absolute path, a value of the environment, or before the machine's. */
function userRules(userName: string): Rule[] {
  if (userName.length < 3 || commonUserNames.includes(userName)) return [];
  const name = escapePattern(userName);
  const folders = `(?:^|[\\s"'(=>\`:])(?:/[\\w.@+-]+)*/|/(?:home|Users)/`;
  const variables = `\\b(?:USER|USERNAME|LOGNAME|user|username)["']?\\s*[:=]\\s*["']?`;
  return [
    { pattern: new RegExp(`\\b${name}@[\\w-]+(?=[:\\s])`, "g"), replacement: "{user}@{host}" },
    { pattern: new RegExp(`(${folders}|${variables})${name}(?![\\w-])`, "g"), replacement: "$1{user}" },
  ];
}

function replaceAll(text: string, rules: readonly Rule[]): string {
  return rules.reduce((changed, { pattern, replacement }) => changed.replace(pattern, replacement), text);
}

/** Figures and names of the account stand under their own name. */
function isOfAccount(name: string, item: unknown): boolean {
  return accountProperty.test(name) && ["string", "number"].includes(typeof item);
}
