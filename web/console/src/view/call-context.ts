// Shows the call that a report is about.

import type { Call } from "../api.generated";
import { claimedOfCall, knownOfCall } from "../call-text";
import { h, untrustedText } from "../dom";
import { formatAge } from "../format-time";
import type { ScreenContext } from "../screen";
import { named, say } from "../words";

export function callView(call: Call, context: ScreenContext): HTMLElement | undefined {
  const known = knownOfCall(call);
  const claimed = claimedOfCall(call);
  const lines = [
    counterReport(call, context),
    known.length > 0 && h("p", { class: "quiet" }, untrustedText(known.join(" · "))),
    claimed !== undefined && h("p", { class: "quiet" }, claimed),
  ].filter((line) => line !== undefined && line !== false);
  return lines.length > 0
    ? h("div", { class: "call", role: "group", "aria-label": say("call") }, ...lines)
    : undefined;
}

/** Says that the accused reported the reporter, too, because then each may be taking revenge. */
function counterReport({ counter_report }: Call, context: ScreenContext): HTMLElement | undefined {
  if (!counter_report) return undefined;
  const { flag, reason, filed_at } = counter_report;
  const age = formatAge(filed_at, context.now());
  const said = say(flag ? "counter_flag" : "counter_report", { reason: named("reason", reason), age });
  const link = h("a", { href: `#case/${encodeURIComponent(counter_report.case)}` }, say("counter_case"));
  return h(
    "p",
    { class: "counter" },
    h("strong", {}, flag ? say("flag") : say("both_reported")),
    ` ${said} `,
    link,
  );
}
