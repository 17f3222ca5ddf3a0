// Makes a picture that is on a list of known pictures unmistakable: a banner, a mark, and a warning before a look.

import { button } from "../../../src/view/dom";
import { h, untrustedText } from "../dom";
import { say } from "../words";

/** Says at the top of a case which lists have its pictures, and what to do. */
export function knownBanner(lists: readonly string[]): HTMLElement {
  return h(
    "section",
    { class: "known-banner", "aria-labelledby": "known-banner-title" },
    h("h3", { id: "known-banner-title" }, say("known")),
    h("p", {}, say("known_lists"), " ", ...named(lists)),
    h("p", {}, h("strong", {}, say("known_do"))),
    h("p", {}, say("known_claim")),
    h("p", { class: "quiet" }, say("known_docs")),
  );
}

/** Names the list beside a picture. */
export function knownMark(list: string): HTMLElement {
  return h("strong", { class: "known" }, `${say("known")}: `, untrustedText(list));
}

/** Warns before such a picture is shown, and returns whether the moderator wants to see it. */
export function confirmKnownPicture(list: string): Promise<boolean> {
  return new Promise((resolve) => {
    let wanted = false;
    const hide = button(say("known_hide"), () => dialog.close());
    const show = button(say("known_show"), () => {
      wanted = true;
      dialog.close();
    });
    hide.className = "sun";
    const dialog = h(
      "dialog",
      { id: "known-picture", "aria-labelledby": "known-title", "aria-describedby": "known-text" },
      h("h2", { id: "known-title" }, say("known_warning")),
      h(
        "div",
        { id: "known-text" },
        h("p", {}, say("known_lists"), " ", untrustedText(list)),
        h("p", {}, say("known_may_be")),
        h("p", {}, say("known_recorded")),
      ),
      h("div", { class: "row" }, hide, show),
    );
    dialog.onclose = () => {
      dialog.remove();
      resolve(wanted);
    };
    document.body.append(dialog);
    dialog.showModal();
    hide.focus();
  });
}

function named(lists: readonly string[]): (HTMLElement | string)[] {
  return lists.flatMap((list, index) => (index ? [", ", untrustedText(list)] : [untrustedText(list)]));
}
