// One line of the chat, and its state.

import { reactionText } from "../core/call/reactions";
import type { Line } from "../core/call/state";
import { reactionIn } from "../core/text/emoji";
import { cleanText } from "../core/text/plain-text";
import type { PageTranslator } from "../language/texts";
import { button } from "./dom";

export function lineElement(line: Line, translator: PageTranslator): HTMLElement {
  const item = document.createElement("p");
  item.dataset.from = line.from;
  item.dir = "auto";
  const emoji = reactionIn(line.text);
  if (emoji) item.append(emojiElement(emoji, reactionText(emoji, line.from, translator)));
  else item.append(authorElement(line, translator), cleanText(line.text));
  return item;
}

/** Says to screen readers who wrote the line. Others see it by its place and colour. */
function authorElement({ from }: Line, translator: PageTranslator): HTMLElement {
  const author = document.createElement("span");
  author.className = "unseen";
  author.dir = "auto"; // so that it does not decide the direction of the line
  author.textContent = `${translator.text(from === "me" ? "you" : "stranger")}: `;
  return author;
}

/** Shows a line of emoji only: larger, and with a name for screen readers. */
function emojiElement(emoji: readonly string[], name: string): HTMLElement {
  const picture = document.createElement("span");
  picture.className = "reaction";
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", name);
  picture.textContent = emoji.join("");
  return picture;
}

/** Shows that a line did not arrive, or may not have. `again` sends a failed line again. */
export function mark(
  item: HTMLElement,
  { state }: Line,
  translator: PageTranslator,
  again?: () => void,
): void {
  item.dataset.state = state;
  for (const before of item.querySelectorAll("small, button")) before.remove();
  if (state === "failed" || state === "unconfirmed") item.append(noteOf(translator.text(`line_${state}`)));
  if (state === "failed" && again) item.append(button(translator.text("line_again"), again));
}

/** Shows that a line is still pending. */
export function markPending(item: HTMLElement, translator: PageTranslator): void {
  item.append(noteOf(translator.text("line_waiting")));
}

function noteOf(text: string): HTMLElement {
  const note = document.createElement("small");
  note.textContent = text;
  return note;
}
