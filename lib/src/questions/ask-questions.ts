import {
  ChatStreamError,
  createChatRecorder,
  type Endpoint,
  isOtherChoice,
  streamChat,
  withoutThoughts,
} from "../endpoint/index.ts";
import { InputError } from "../errors.ts";
import { requireNumber } from "../require-number.ts";
import { showWaiting } from "../show/index.ts";
import { wilsonInterval } from "../statistics.ts";
import { inWords, readServerWords, stripControlCharacters } from "../words/index.ts";
import { type Answered, type AnswerPrice, type AskedQuestion, describeAnswered } from "./answered.ts";
import { judgeAnswer } from "./judge-answer.ts";
import { type GivenQuestion, type Question, readQuestions } from "./question.ts";

/** How questions are asked. */
export interface AskOptions {
  /** Stands before each question. Default: none. */
  systemPrompt?: string;
  /** The most tokens of one answer, thoughts included. Default 512. */
  answerTokens?: number;
  /** The most tokens of all, prompts and answers: more are refused before anything is sent. Default 500,000. */
  maxTokens?: number;
  /** How many questions are asked at a time. Default 4. */
  concurrency?: number;
  /** `null` leaves it to the server, for models that take no other. Default 0: the same answer each time. */
  temperature?: number | null;
  /** Default: the price of the endpoint's pod, where it has one. */
  price?: AnswerPrice;
  signal?: AbortSignal;
  write?: (text: string) => unknown;
}

/**
 * Asks a model somebody's own questions, and counts how many answers are as expected.
 *
 * Each question is a conversation of its own. It says first how many tokens it can take. A request that fails, and an
 * answer that is empty beside its thoughts, are not right; the result says how many failed. An interrupt keeps the answers so far. The same
 * questions put to another endpoint can be compared: `compareAnswered` in "workbook/questions".
 *
 * @param questions the path of a JSON file, or the list itself; {@link judgeAnswer} has the checks.
 * @throws InputError before anything is sent, where a question or an option makes no sense, or the budget is too small.
 */
export async function askQuestions(
  endpoint: Endpoint,
  questions: string | readonly GivenQuestion[],
  options: AskOptions = {},
): Promise<Answered> {
  const { answerTokens = 512, maxTokens = 500_000, concurrency = 4, signal } = options;
  const { write = (text: string) => process.stdout.write(text) } = options;
  requireNumber("askQuestions", { answerTokens, maxTokens }, { whole: true, from: 1 });
  requireNumber("askQuestions", { concurrency }, { whole: true, from: 1, to: 64 });
  const price = readPrice(endpoint, options.price);
  const list = readQuestions(questions);
  const most = list.reduce((total, one) => total + mostTokens(one, options) + answerTokens, 0);
  const subject = `${list.length} ${list.length === 1 ? "question" : "questions"}`;
  if (most > maxTokens) {
    throw new InputError(
      `askQuestions: ${subject} may take ${inWords(most)} tokens, and maxTokens is ${inWords(maxTokens)}.`,
      {
        remedy: "Raise maxTokens, lower answerTokens, or ask fewer questions.",
        problem: "out-of-range",
        field: "maxTokens",
      },
    );
  }
  write(
    `Asking ${endpoint.model} ${subject}, with at most ${inWords(most)} tokens, prompts and answers together.\n`,
  );
  const startedAt = new Date().toISOString();
  const startedMs = performance.now();
  const rows: (AskedQuestion | undefined)[] = [];
  const waiting = list.entries();
  let isInterrupted = signal?.aborted ?? false;
  const askNext = async (tell: (detail: string) => void) => {
    for (const [index, question] of waiting) {
      if (isInterrupted) return;
      const row = await ask(endpoint, question, { ...options, answerTokens });
      if (row === null) isInterrupted = true;
      else rows[index] = row;
      tell(`${rows.filter((one) => one !== undefined).length} of ${subject} answered`);
    }
  };
  await showWaiting("Asking", (tell) =>
    Promise.all(Array.from({ length: concurrency }, () => askNext(tell))),
  );
  const asked = rows.filter((row) => row !== undefined);
  const seconds = (performance.now() - startedMs) / 1_000;
  const result = {
    ...sumUp(asked, { price, seconds }),
    leftOut: list.length - asked.length,
    startedAt,
    seconds,
  };
  const { model, server, origin, isSimulated } = endpoint;
  const kind = isSimulated ? "simulated" : "measured";
  const answered = { kind, model, server, origin, ...result, price, questions: asked } as const;
  return { ...answered, words: describeAnswered(answered, answerTokens) };
}

function readPrice({ gpu }: Endpoint, given: AnswerPrice | undefined): AnswerPrice {
  const usdPerHour = gpu?.usdPerHour ?? null;
  if (given === undefined) return usdPerHour === null ? null : { usdPerHour };
  requireNumber("askQuestions", { ...given }, { from: 0, meaning: "a price in dollars" });
  return given;
}

/** Each token of a prompt stands for one byte at least; a chat template adds fewer than 512. */
function mostTokens({ question }: Question, { systemPrompt = "" }: AskOptions): number {
  return Buffer.byteLength(question + systemPrompt) + 512;
}

/** Asks one question; `null` where it was interrupted. */
async function ask(
  endpoint: Endpoint,
  asked: Question,
  options: AskOptions & { answerTokens: number },
): Promise<AskedQuestion | null> {
  const { systemPrompt, answerTokens, temperature = 0, signal } = options;
  const { question, check } = asked;
  const recorder = createChatRecorder({ hasStop: false });
  const startedMs = performance.now();
  let problem: string | null = null;
  try {
    const request = {
      messages: [
        ...(systemPrompt === undefined ? [] : [{ role: "system" as const, content: systemPrompt }]),
        { role: "user" as const, content: question },
      ],
      max_tokens: answerTokens,
      ...(temperature === null ? {} : { temperature }),
    };
    for await (const event of streamChat(endpoint, request, signal === undefined ? {} : { signal })) {
      if (!isOtherChoice(event)) recorder.add(event);
    }
  } catch (error) {
    if (error instanceof ChatStreamError && error.problem === "interrupted") return null;
    if (signal?.aborted) return null;
    problem = sayProblem(error, endpoint);
  }
  const { text, finishReason, usage } = recorder.result();
  const answer = stripControlCharacters(withoutThoughts(text)).trim();
  const judged = problem === null ? judgeAnswer(answer, asked) : { verdict: "failed" as const, problem };
  return {
    question,
    check,
    expected: String(asked.expected),
    answer,
    ...judged,
    isCutOff: finishReason === "length",
    inputTokens: usage?.prompt_tokens ?? null,
    outputTokens: usage?.completion_tokens ?? null,
    seconds: (performance.now() - startedMs) / 1_000,
  };
}

function sayProblem(error: unknown, { apiKey }: Endpoint): string {
  const words = error instanceof Error ? error.message : String(error);
  return readServerWords(words, { secrets: [apiKey], maxCharacters: 300 });
}

function sumUp(rows: readonly AskedQuestion[], used: { price: AnswerPrice; seconds: number }) {
  const { price, seconds } = used;
  const right = rows.filter(({ verdict }) => verdict === "right").length;
  const { low, high } = wilsonInterval(right, rows.length);
  // Servers do not count the tokens of a request that failed.
  const tokens = sumTokens(rows.filter(({ problem }) => problem === null));
  const usd = computeUsd({ price, seconds, tokens });
  return {
    right,
    asked: rows.length,
    failed: rows.filter(({ verdict }) => verdict === "failed").length,
    interval: { low, high },
    tokens,
    usd,
    usdPerRightAnswer: usd === null || right === 0 ? null : usd / right,
  };
}

function sumTokens(rows: readonly AskedQuestion[]): Answered["tokens"] {
  const sums = { input: 0, output: 0 };
  for (const { inputTokens, outputTokens } of rows) {
    if (inputTokens === null || outputTokens === null) return null;
    sums.input += inputTokens;
    sums.output += outputTokens;
  }
  return sums;
}

function computeUsd(used: {
  price: AnswerPrice;
  seconds: number;
  tokens: Answered["tokens"];
}): number | null {
  const { price, seconds, tokens } = used;
  if (price === null) return null;
  if ("usdPerHour" in price) return (price.usdPerHour * seconds) / 3_600;
  if (tokens === null) return null;
  return (tokens.input * price.inputUsdPerMillion + tokens.output * price.outputUsdPerMillion) / 1e6;
}
