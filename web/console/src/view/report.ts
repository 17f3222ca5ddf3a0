// Shows one report of a case: its reason, note, chat and reporter.

import { button } from "../../../src/view/dom";
import type { Report } from "../api.generated";
import { h, timeElement, untrustedQuote } from "../dom";
import { formatAge, formatSpan } from "../format-time";
import type { ScreenContext } from "../screen";
import { count, decimal, named, say } from "../words";
import { callView } from "./call-context";
import { historyOnDemand } from "./decisions";
import { foldedChat } from "./folded-chat";
import { visitorId } from "./visitor-id";

/** `openPictures` shows the first picture of the report in the viewer. */
export function reportView(report: Report, context: ScreenContext, openPictures: () => void): HTMLElement {
  const { reason, flag, filed_at, match_started_at, counts, frames } = report;
  const facts = [
    say("met_before", { span: formatSpan((filed_at - match_started_at) / 1000) }),
    counts !== null && say("counts", { points: decimal(counts, 2) }),
  ].filter((fact) => fact !== false);
  return h(
    "section",
    { class: "report", "data-report": report.id },
    h(
      "header",
      { class: "row ends" },
      h("h3", { "data-reason": reason, tabindex: -1 }, flag && `${say("flag")} · `, named("reason", reason)),
      frames.length > 0 && context.hasRole("moderator") && picturesButton(frames.length, openPictures),
      h(
        "span",
        { class: "quiet" },
        timeElement(filed_at, formatAge(filed_at, context.now())),
        ` · ${facts.join(" · ")}`,
      ),
    ),
    callView(report.call, context),
    ...(flag ? [h("p", { class: "quiet" }, say("flag_bare"))] : [noteView(report), chatView(report)]),
    reporterView(report, context),
  );
}

function picturesButton(pictures: number, open: () => void): HTMLElement {
  const made = button(count("picture", pictures), open);
  made.className = "of-report";
  return made;
}

function noteView({ note }: Report): HTMLElement {
  if (!note) return h("p", { class: "quiet" }, say("note_none"));
  const label = say("note_claim");
  return h(
    "div",
    { "aria-label": label, role: "group" },
    h("p", { class: "quiet", "aria-hidden": "true" }, label),
    untrustedQuote(note),
  );
}

/** Shows the chat with the accused at the left and the reporter at the right, and which lines are proven. */
function chatView({ chat }: Report): HTMLElement {
  if (chat.length === 0) return h("p", { class: "quiet" }, say("chat_none"));
  const lines = chat.map(({ from_accused, text, proven }) => {
    const side = from_accused ? "accused" : "reporter";
    return h(
      "li",
      { "data-from": side, "data-proven": String(proven) },
      h("span", { class: "who" }, say(proven ? side : `${side}_claimed`)),
      untrustedQuote(text),
      h("span", { class: "proof" }, say(proven ? "line_proven" : "line_claimed")),
    );
  });
  return h(
    "div",
    {},
    ...foldedChat(lines),
    chat.some(({ proven }) => !proven) && h("p", { class: "quiet" }, say("line_claims")),
  );
}

function reporterView({ reporter, flag }: Report, context: ScreenContext): HTMLElement {
  const { upheld, dismissed, reported_lately, network, proven, visitor } = reporter;
  const record = say(flag ? "flagger_record" : "reporter_record", {
    upheld,
    dismissed,
    lately: reported_lately,
  });
  const place = network
    ? h("a", { href: `#queue?state=all&network=${network}` }, say("reporter_network", { network }))
    : say("reporter_network_unknown");
  const key = say(proven ? "reporter_proven" : "reporter_unproven");
  return h(
    "footer",
    {},
    h(
      "p",
      { class: "quiet" },
      `${say("reporter")} `,
      visitorId(visitor, context.toast),
      `: ${record} · `,
      place,
      ` · ${key}`,
    ),
    historyOnDemand(say("reporter_history"), visitor, context),
  );
}
