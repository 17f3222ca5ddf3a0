// Copies text, such as the id of a visitor, by a button beside it.

import { button } from "../../../src/view/dom";
import { h, setAttributes, shortId, svg } from "../dom";
import { say } from "../words";

/** Copies `text`, and says by `toast` whether the browser allowed it. */
export async function copyText(text: string, toast: (said: string) => void): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    toast(say("copied"));
    return true;
  } catch {
    toast(say("copy_failed")); // the browser forbids copying, for example on pages without https
    return false;
  }
}

/** Links to all that is known of a visitor, by the start of their id. */
export function visitorLink(visitor: string): HTMLElement {
  return h("a", { href: `#visitor/${encodeURIComponent(visitor)}` }, shortId(visitor));
}

/** Shows such a link with a button that copies the whole id. */
export function visitorId(id: string, toast: (said: string) => void): HTMLElement {
  return h("span", { class: "visitor" }, visitorLink(id), copyIdButton(id, toast));
}

function copyIdButton(id: string, toast: (said: string) => void): HTMLButtonElement {
  const copy = button("", () => void copyText(id, toast));
  setAttributes(copy, { class: "copy", "aria-label": say("copy_id"), title: say("copy_id") });
  copy.append(copySign());
  return copy;
}

/** Draws two sheets of paper. */
function copySign(): SVGElement {
  const sheet = { width: 8, height: 10, rx: 1.5 };
  return svg(
    "svg",
    { viewBox: "0 0 16 16", "aria-hidden": "true" },
    svg("rect", { x: 2, y: 2, ...sheet }),
    svg("rect", { x: 6, y: 4, ...sheet }),
  );
}
