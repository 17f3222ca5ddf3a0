// Why somebody may not search, in their own language as far as we know the rule.

import type { Call } from "../call-state";
import type { Key, Words } from "../i18n";
import { REASONS } from "../reports";
import { byId, say } from "./dom";

export function renderBan({ ban }: Call, words: Words): void {
  const known = REASONS.find((reason) => reason === ban?.rule);
  const rule = known ? words.text(`reason_${known}` as Key) : ban?.rule;
  say(byId("ban-rule"), rule && words.text("banned_rule", { rule }));
  say(byId("ban-how"), ban && words.text(ban.automated ? "banned_automated" : "banned_person"));
  say(byId("ban-until"), ban && untilOf(ban.until, words));
}

function untilOf(until: string | undefined, words: Words): string {
  const when = until ? new Date(until) : undefined;
  if (!when || Number.isNaN(when.getTime())) return words.text("banned_open");
  const shown = when.toLocaleString(words.locale, { dateStyle: "long", timeStyle: "short" });
  return words.text("banned_until", { until: shown });
}
