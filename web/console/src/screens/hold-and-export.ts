// Builds the forms with which seniors keep a case longer or export it.

import type { Case, HoldRequest, HoldResult } from "../api.generated";
import { pathOf } from "../api-client";
import { field, h } from "../dom";
import { formatTime } from "../format-time";
import type { ScreenContext } from "../screen";
import { createForm, saveFile } from "../view/forms";
import { say } from "../words";

export function holdAndExport(about: Case, context: ScreenContext): HTMLElement[] {
  return [
    collapsible(say("hold"), holdForm(about, context)),
    collapsible(say("export"), exportForm(about, context)),
  ];
}

function collapsible(title: string, form: HTMLElement): HTMLElement {
  return h("details", { class: "part" }, h("summary", {}, title), form);
}

function holdForm(about: Case, context: ScreenContext): HTMLElement {
  const days = h("input", { type: "number", name: "days", min: 1, max: 3650, value: 365, required: true });
  const reason = h("input", { name: "hold-reason", required: true, autocomplete: "off" });
  const submit = async () => {
    const body: HoldRequest = { days: days.valueAsNumber, reason: reason.value };
    const path = pathOf`/cases/${about.id}/hold`;
    const { held_until } = await context.api.send<HoldResult>("POST", path, body);
    context.toast(say("held_now", { time: formatTime(held_until) }));
  };
  return createForm(
    "hold",
    say("hold_send"),
    submit,
    field(say("hold_days"), days),
    field(say("reason"), reason),
  ).form;
}

function exportForm(about: Case, context: ScreenContext): HTMLElement {
  const reason = h("input", { name: "export-reason", required: true, autocomplete: "off" });
  const recipient = h("input", { name: "export-recipient", required: true, autocomplete: "off" });
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const text = h("p", { class: "quiet" }, `${say("export_text")} ${say("audited")}`);
  const submit = async () => {
    saveFile(
      await context.api.download(
        pathOf`/cases/${about.id}/export?reason=${reason.value}&recipient=${recipient.value}&zone=${timeZone}`,
        `case-${about.id}.zip`,
      ),
    );
  };
  return createForm(
    "export",
    say("export_send"),
    submit,
    text,
    field(say("export_reason"), reason),
    field(say("export_recipient"), recipient),
  ).form;
}
