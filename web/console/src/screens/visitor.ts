// Shows all that is known of a visitor: what holds, what was reported about them, and what they reported.

import type { VisitorHistory } from "../api.generated";
import { pathOf } from "../api-client";
import { h, untrustedText } from "../dom";
import type { Action } from "../keyboard";
import type { Screen, ScreenContext } from "../screen";
import { badge, deviceNotice, historyView } from "../view/decisions";
import { loadInto } from "../view/forms";
import { say } from "../words";

export class VisitorScreen implements Screen {
  readonly root = h("section", { class: "screen" });

  constructor(context: ScreenContext, visitor: string) {
    const body = h("div", {});
    const id = untrustedText(visitor);
    id.classList.add("id");
    this.root.append(
      h("h2", { tabindex: -1 }, `${say("visitor")} `, id),
      h("p", { class: "quiet" }, say("audited")),
      body,
    );
    void loadInto(
      body,
      () => context.api.get<VisitorHistory>(pathOf`/visitors/${visitor}`),
      (history) => [
        standing(history),
        ...deviceNotice(history.standing, visitor),
        links(visitor, context.hasRole("senior")),
        h("h3", {}, say("history")),
        historyView(history, context),
      ],
    );
  }

  onAction(action: Action): void {
    if (action.type === "back") history.back();
  }
}

function standing({ standing: now }: VisitorHistory): HTMLElement {
  return h("p", {}, `${say("standing")}: `, now ? badge(now.level, now.rule) : badge("good"));
}

/** Returns links to lists about the visitor. Only seniors read the audit log. */
function links(visitor: string, senior: boolean): HTMLElement {
  const of = encodeURIComponent(visitor);
  return h(
    "p",
    { class: "row" },
    h("a", { href: `#queue?state=all&visitor=${of}` }, say("visitor_cases")),
    h("a", { href: `#queue?state=all&reporter=${of}` }, say("visitor_reported")),
    senior && h("a", { href: `#audit?subject=${of}` }, say("visitor_audit")),
  );
}
