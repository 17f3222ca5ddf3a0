// Shows on every screen that the audit log or a decision was changed, to those who can look into it.

import { byId } from "../../../src/view/dom";
import { h } from "../dom";
import { count, say } from "../words";

/** Shows the alarm, or hides it if nothing was found. */
export function showAuditAlarm(found: number): void {
  const alarm = byId("audit-alarm");
  alarm.hidden = found === 0;
  const link = h("a", { href: "#audit" }, say("audit_alarm_link"));
  alarm.replaceChildren(say("audit_alarm", { problems: count("problem", found) }), " ", link);
}
