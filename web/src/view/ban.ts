// Why somebody may not search, in their own language as far as we know the rule.

import type { Key, Words } from "../language/i18n";
import type { Banned, Evidence } from "../messages.generated";
import { REASONS } from "../remedies/reports";
import { byId, say } from "./dom";

const EVIDENCE: readonly Evidence[] = ["reports", "flags", "pictures", "chat"];

export function renderBan(ban: Banned | undefined, words: Words): void {
  const known = REASONS.find((reason) => reason === ban?.rule);
  const rule = known ? words.text(`reason_${known}` as Key) : ban?.rule;
  say(byId("ban-rule"), rule && words.text("banned_rule", { rule }));
  say(byId("ban-reason"), ban?.reason);
  say(byId("ban-evidence"), evidenceOf(ban, words));
  say(byId("ban-how"), ban && words.text(ban.automated ? "banned_automated" : "banned_person"));
  say(byId("ban-until"), ban && untilOf(ban.until, words));
}

/** "14 July 2026 at 12:00"; nothing for what is no time. */
export function timeOf(time: string | undefined, words: Words): string | undefined {
  const when = new Date(time ?? "");
  if (Number.isNaN(when.getTime())) return undefined;
  return when.toLocaleString(words.locale, { dateStyle: "long", timeStyle: "short" });
}

function untilOf(time: string | undefined, words: Words): string {
  const until = timeOf(time, words);
  return until ? words.text("banned_until", { until }) : words.text("banned_open");
}

/** Kinds that are newer than this page are left out. */
function evidenceOf(ban: Banned | undefined, words: Words): string | undefined {
  const kinds = EVIDENCE.filter((kind) => ban?.evidence?.includes(kind));
  if (kinds.length === 0) return undefined;
  const names = kinds.map((kind) => words.text(`evidence_${kind}`));
  return words.text("banned_evidence", { evidence: new Intl.ListFormat(words.locale).format(names) });
}
