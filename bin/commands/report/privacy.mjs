// Reports are sent around: what leads to a person, an account, a pod or a folder of this machine is replaced in them.

import { homedir, userInfo } from "node:os";
import { resolve } from "node:path";
import { loadSettings } from "workbook/settings";
import { projectRoot } from "../../set-up/project.mjs";
import { findIds, idPattern, listKnownIds } from "./ids.mjs";
import { escapePattern, mapCells, mapTexts } from "./texts.mjs";

/**
 * What is known of this machine and its account at the time of an export.
 *
 * @typedef {object} Surroundings
 * @property {string} projectFolder
 * @property {string} homeFolder
 * @property {string} stateFolder
 * @property {string} userName
 * @property {readonly string[]} knownIds of all pods and endpoints that are on record
 */

/** Names of users that say nothing about a person, and are found in many a path. */
const commonUserNames = ["root", "user", "node", "jovyan", "vscode", "ubuntu", "runner", "home", "data"];

/** A folder's separator, also as JSON and addresses may write it. */
const slash = String.raw`(?:/|\\/|%2F)`;

const accountProperty =
  /^(?:client_?)?balance(?:usd)?$|^(?:current)?spend|e-?mail$|^(?:account|user)_?(?:id|name)$/i;
const accountColumn = /\b(?:balance|spending|e-?mail|account)\b/i;

const rulesForAll = [
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
const rulesForOutputs = [
  {
    pattern:
      /((?:\b|\bclient_?)(?:balance|spending|current_?spend(?:_?per_?hr)?)(?:\s*\((?:USD|\$)\)|_?usd)?(?:["'\s:=]|<[^>]*>|\b(?:is|of|was|lasts|at)\b)*)-?\$?-?\d[\d,]*(?:\.\d+)?/gi,
    replacement: "$1{hidden}",
  },
  { pattern: /\b((?:account|user)_?name["']?\s*[:=]\s*["']?)[^\s"',<>]+/gi, replacement: "$1{account}" },
];

/**
 * Returns what is known of this machine now: its folders, its user, and the ids in every journal of the state folder.
 * @returns {Surroundings}
 */
export function readSurroundings() {
  const { stateFolder } = loadSettings();
  return {
    projectFolder: projectRoot,
    homeFolder: homedir(),
    stateFolder,
    userName: readUserName(),
    knownIds: listKnownIds(stateFolder),
  };
}

/** In a container the user may have a number and no name. */
function readUserName() {
  try {
    return userInfo().username;
  } catch {
    return "";
  }
}

/**
 * Returns two functions that make a copy of a value without what is private: `inTexts` takes out folders, users, mail
 * addresses and ids, `inOutputs` also the account's figures and names. Texts within lists and objects are changed too.
 *
 * @param {Surroundings} surroundings
 * @param {unknown} shown all that will be shown: an id that is recognised in one place is replaced in all
 */
export function createHider(surroundings, shown) {
  const pattern = idPattern([...new Set([...surroundings.knownIds, ...findIds(shown)])]);
  const rules = [
    ...folderRules(surroundings),
    ...rulesForAll,
    ...userRules(surroundings.userName),
    ...(pattern === null ? [] : [{ pattern, replacement: "{podId}" }]),
  ];
  const inText = (/** @type {string} */ text) => replaceAll(text, rules);
  const inOutput = (/** @type {string} */ text) =>
    mapCells(replaceAll(inText(text), rulesForOutputs), accountColumn, () => "{hidden}");
  return {
    /** @type {<Value>(value: Value) => Value} */
    inTexts: (value) => mapTexts(value, inText),
    /** @type {<Value>(value: Value) => Value} */
    inOutputs: (value) => mapTexts(hideProperties(value), inOutput),
  };
}

/**
 * The folders of the project, of its state and of the user, in paths and file addresses.
 * @param {Surroundings} surroundings
 */
function folderRules({ projectFolder, stateFolder, homeFolder }) {
  return [
    { folder: resolve(projectFolder), short: "." },
    { folder: resolve(stateFolder), short: ".workbook" },
    { folder: resolve(homeFolder), short: "~" },
  ]
    .filter(({ folder }) => folder !== "/")
    .map(({ folder, short }) => ({
      pattern: new RegExp(`(?:file://)?(?<![\\w.~-])${escapePattern(folder)}(?![\\w-])(?!\\.\\w)`, "g"),
      replacement: short,
    }));
}

/**
 * The user's name where it is a folder of any other absolute path, a value of the environment, or before the machine's.
 * @param {string} userName
 */
function userRules(userName) {
  if (userName.length < 3 || commonUserNames.includes(userName)) return [];
  const name = escapePattern(userName);
  const folders = `(?:^|[\\s"'(=>\`:])(?:/[\\w.@+-]+)*/|/(?:home|Users)/`;
  const variables = `\\b(?:USER|USERNAME|LOGNAME|user|username)["']?\\s*[:=]\\s*["']?`;
  return [
    { pattern: new RegExp(`\\b${name}@[\\w-]+(?=[:\\s])`, "g"), replacement: "{user}@{host}" },
    { pattern: new RegExp(`(${folders}|${variables})${name}(?![\\w-])`, "g"), replacement: "$1{user}" },
  ];
}

/**
 * @param {string} text
 * @param {readonly { pattern: RegExp, replacement: string }[]} rules
 */
function replaceAll(text, rules) {
  return rules.reduce((changed, { pattern, replacement }) => changed.replace(pattern, replacement), text);
}

/**
 * Replaces figures and names of the account that stand under their own name.
 * @param {any} value
 * @returns {any}
 */
function hideProperties(value) {
  if (Array.isArray(value)) return value.map(hideProperties);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const isAccount = accountProperty.test(name) && ["string", "number"].includes(typeof item);
      return [name, isAccount ? "{hidden}" : hideProperties(item)];
    }),
  );
}
