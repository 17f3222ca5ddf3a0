// One line of a conversation in writing, and how far it has come.

import { spoken } from "../call/reactions";
import type { Line } from "../call/state";
import type { Words } from "../language/i18n";
import { reactionIn } from "../text/emoji";
import { plain } from "../text/plain-text";
import { button } from "./dom";

export function itemOf(line: Line, words: Words): HTMLElement {
  const item = document.createElement("p");
  item.dataset.from = line.from;
  item.dir = "auto";
  const emoji = reactionIn(line.text);
  if (emoji) item.append(pictureOf(emoji, spoken(emoji, line.from, words)));
  else item.textContent = plain(line.text);
  return item;
}

/** A line of nothing but emoji is larger, and has a name in words. */
function pictureOf(emoji: readonly string[], name: string): HTMLElement {
  const picture = document.createElement("span");
  picture.className = "reaction";
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", name);
  picture.textContent = emoji.join("");
  return picture;
}

/** Says how far a line of mine has come, unless that goes without saying. `again` is what can be done if it failed. */
export function mark(item: HTMLElement, { state }: Line, words: Words, again?: () => void): void {
  item.dataset.state = state;
  for (const before of item.querySelectorAll("small, button")) before.remove();
  if (state === "sent") return;
  const note = document.createElement("small");
  note.textContent = words.text(state === "failed" ? "line_failed" : "line_waiting");
  if (state !== "failed") note.className = "unseen";
  item.append(note);
  if (state === "failed" && again) item.append(button(words.text("line_again"), again));
}
