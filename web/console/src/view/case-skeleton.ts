// Takes the place of a case while it loads, so that nothing moves when it comes.

import { h } from "../dom";
import { say } from "../words";

/** Builds empty boxes in the places of a case, with a column for `pictures` if it has any. */
export function caseSkeleton(pictures: number): HTMLElement {
  const box = (name: string) => h("div", { class: `bone ${name}` });
  return h(
    "div",
    { class: "case skeleton" },
    h("p", { class: "unseen", role: "status" }, say("loading")),
    pictures > 0 && h("div", { class: "case-pictures" }, box("bone-picture")),
    h("div", { class: "reports" }, box("bone-report"), box("bone-report")),
    h("aside", {}, box("bone-decision"), box("bone-fact"), box("bone-fact")),
  );
}
