// Explains a ban, in the visitor's language if the rule is known.

import type { ExplainedBan } from "../ban/appeals-client";
import { REPORT_REASONS } from "../http.generated";
import type { Key, PageTranslator } from "../language/texts";
import type { Banned, Evidence } from "../messages.generated";
import { byId, setText } from "./dom";

const EVIDENCE: readonly Evidence[] = ["reports", "flags", "pictures", "chat"];

export function renderBan(ban: ExplainedBan | undefined, translator: PageTranslator): void {
  byId("ban-title").textContent = banTitle(ban, translator, Date.now());
  const known = REPORT_REASONS.find((reason) => reason === ban?.rule);
  const rule = known ? translator.text(`reason_${known}` as Key) : ban?.rule;
  setText(byId("ban-rule"), rule && translator.text("banned_rule", { rule }));
  const { reason_language, addition, addition_language } = ban?.statement ?? {};
  setText(byId("ban-reason"), ban?.reason);
  byId("ban-reason").lang = reason_language ?? "";
  setText(additionElement(), addition);
  additionElement().lang = addition_language ?? "";
  setText(byId("ban-evidence"), evidenceOf(ban, translator));
  setText(byId("ban-how"), ban && translator.text(ban.automated ? "banned_automated" : "banned_person"));
  const endless = ban && !timeOf(ban.until, translator);
  setText(byId("ban-until"), endless ? translator.text("banned_open") : undefined);
}

/** Returns the element for what a moderator typed beside the reason. */
function additionElement(): HTMLElement {
  const known = document.getElementById("ban-addition");
  if (known) return known;
  const made = document.createElement("blockquote");
  made.id = "ban-addition";
  made.dir = "auto";
  byId("ban-reason").after(made);
  return made;
}

/** Returns a text like "14 July 2026 at 12:00", or undefined if `time` is not a time. */
export function timeOf(time: string | undefined, translator: PageTranslator): string | undefined {
  const when = new Date(time ?? "");
  if (Number.isNaN(when.getTime())) return undefined;
  return when.toLocaleString(translator.locale, { dateStyle: "long", timeStyle: "short" });
}

/** Returns the headline of a ban. Without a date, its end is today. `now` is in ms. */
export function banTitle(ban: Banned | undefined, translator: PageTranslator, now: number): string {
  const time = timeOf(ban?.until, translator);
  if (!time || !ban?.until) return translator.text("banned_title_open");
  const end = new Date(ban.until);
  const today = end.toDateString() === new Date(now).toDateString();
  const until = today ? end.toLocaleTimeString(translator.locale, { timeStyle: "short" }) : time;
  return translator.text("banned_title", { until });
}

/** Leaves out kinds that this page does not know. */
function evidenceOf(ban: Banned | undefined, translator: PageTranslator): string | undefined {
  const kinds = EVIDENCE.filter((kind) => ban?.evidence?.includes(kind));
  if (kinds.length === 0) return undefined;
  const names = kinds.map((kind) => translator.text(`evidence_${kind}`));
  return translator.text("banned_evidence", {
    evidence: new Intl.ListFormat(translator.locale).format(names),
  });
}
