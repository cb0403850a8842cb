import { latin1 } from "./text.ts";

/** What is kept of a question that has not ended. */
const longest = 64;

/**
 * For a simulated instrument: takes bytes as they come, and answers with the questions that ended among them, as text
 * with one Latin-1 character a byte and without what ends them.
 */
export function questionsUntil(end: string): (bytes: Uint8Array) => readonly string[] {
  let heard = "";
  return (bytes) => {
    const questions = (heard + latin1(bytes)).split(end);
    heard = (questions.pop() ?? "").slice(-longest);
    return questions;
  };
}
