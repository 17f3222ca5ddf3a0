// A conversation as text, to be copied. Pure.

import { cleanText } from "../text/plain-text";
import type { Translator } from "../translator";
import type { Line } from "./state";

/** Returns one line for each line that was written, such as "Stranger: Hello". */
export function transcriptOf(
  lines: readonly Pick<Line, "from" | "text">[],
  translator: Pick<Translator<"you" | "stranger">, "text">,
): string {
  const author = (from: Line["from"]) => translator.text(from === "me" ? "you" : "stranger");
  return lines.map(({ from, text }) => `${author(from)}: ${cleanText(text)}`).join("\n");
}
