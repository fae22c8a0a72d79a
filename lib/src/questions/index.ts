export type { Answered, AnswerPrice, AskedQuestion } from "./answered.ts";
export { type AskOptions, askQuestions } from "./ask-questions.ts";
export { type ComparedAnswers, compareAnswered } from "./compare-answered.ts";
export type { GivenQuestion, Question } from "./question.ts";
