// What seniors may do with a case besides deciding: keep it longer, and take it along.

import { pathOf } from "../api";
import type { Desk } from "../desk";
import { field, h } from "../dom";
import { momentOf } from "../times";
import type { Case } from "../types";
import { keep, sheet } from "../view/forms";
import { say } from "../words";

export function keeping(about: Case, desk: Desk): HTMLElement[] {
  return [folded(say("hold"), holding(about, desk)), folded(say("export"), exporting(about, desk))];
}

function folded(title: string, form: HTMLElement): HTMLElement {
  return h("details", { class: "part" }, h("summary", {}, title), form);
}

function holding(about: Case, desk: Desk): HTMLElement {
  const days = h("input", { type: "number", name: "days", min: 1, max: 3650, value: 365, required: true });
  const reason = h("input", { name: "hold-reason", required: true, autocomplete: "off" });
  const submit = async () => {
    const body = { days: days.valueAsNumber, reason: reason.value };
    const path = pathOf`/cases/${about.id}/hold`;
    const { held_until } = await desk.api.send<{ held_until: number }>("POST", path, body);
    desk.toast(say("held_now", { time: momentOf(held_until) }));
  };
  return sheet("hold", say("hold_send"), submit, field(say("hold_days"), days), field(say("reason"), reason))
    .form;
}

function exporting(about: Case, desk: Desk): HTMLElement {
  const reason = h("input", { name: "export-reason", required: true, autocomplete: "off" });
  const text = h("p", { class: "quiet" }, `${say("export_text")} ${say("audited")}`);
  const submit = async () => {
    keep(
      await desk.api.file(pathOf`/cases/${about.id}/export?reason=${reason.value}`, `case-${about.id}.zip`),
    );
  };
  return sheet("export", say("export_send"), submit, text, field(say("reason"), reason)).form;
}
