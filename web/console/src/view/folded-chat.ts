// Folds a long chat to its end, with a button that shows the rest.

import { button } from "../../../src/view/dom";
import { h } from "../dom";
import { say } from "../words";

/** The number of lines at the end of a chat that are always shown. The style sheet hides the others. */
const LINES_SHOWN = 6;

/** Returns the list of a chat's lines, below a button that shows all of them if they are many. */
export function foldedChat(lines: readonly HTMLElement[]): HTMLElement[] {
  const list = h("ol", { class: "chat", "aria-label": say("chat") }, ...lines);
  if (lines.length <= LINES_SHOWN) return [list];
  const toggle = button("", () => fold(toggle.getAttribute("aria-expanded") === "true"));
  toggle.className = "unfold";
  const fold = (folded: boolean) => {
    list.dataset.folded = String(folded);
    toggle.setAttribute("aria-expanded", String(!folded));
    toggle.replaceChildren(
      folded ? say("chat_all", { count: lines.length }) : say("chat_end", { count: LINES_SHOWN }),
      h("kbd", { "aria-hidden": "true" }, "c"),
    );
  };
  fold(true);
  return [toggle, list];
}

/** Shows all lines of the chats within `root`, or folds them if all are shown. */
export function toggleChats(root: HTMLElement): void {
  const toggles = [...root.querySelectorAll<HTMLButtonElement>(".unfold")];
  const folded = toggles.filter((toggle) => toggle.getAttribute("aria-expanded") === "false");
  for (const toggle of folded.length > 0 ? folded : toggles) toggle.click();
}
