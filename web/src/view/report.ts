// The report dialog: one tap opens it, the tap on a reason sends.

import type { Line } from "../call-state";
import type { Words } from "../i18n";
import { chatOf, REASONS, type Reason, type Report } from "../reports";
import { button, byId } from "./dom";

/** Whom a report is about, with what was seen of them when the dialog opened. */
export interface Encounter {
  match: string;
  pass: string;
  lines: readonly Line[];
  picture: string | undefined;
}

export class ReportView {
  private readonly dialog = byId<HTMLDialogElement>("report-dialog");
  private readonly note = byId<HTMLInputElement>("report-note");
  private readonly picture = byId<HTMLInputElement>("report-picture");
  private encounter: Encounter | undefined;

  constructor(
    words: Words,
    private readonly onReport: (report: Report, encounter: Encounter) => void,
  ) {
    const reasons = REASONS.map((reason) =>
      button(words.text(`reason_${reason}`), () => this.choose(reason)),
    );
    byId("reasons").append(...reasons);
    byId("report-cancel").onclick = () => this.close();
    // Enter in the note must not close the dialog without a reason.
    this.dialog.onsubmit = (event) => event.preventDefault();
  }

  get open(): boolean {
    return this.dialog.open;
  }

  show(encounter: Encounter): void {
    this.encounter = encounter;
    this.note.value = "";
    this.picture.checked = true;
    byId("report-picture-row").hidden = !encounter.picture;
    this.dialog.showModal();
    byId("reasons").querySelector("button")?.focus();
  }

  close(): void {
    this.dialog.close();
    this.encounter = undefined;
  }

  private choose(reason: Reason): void {
    const { encounter } = this;
    if (!encounter) return;
    const note = this.note.value.trim();
    const chat = chatOf(encounter.lines);
    const picture = this.picture.checked ? encounter.picture : undefined;
    this.close();
    const report = {
      pass: encounter.pass,
      reason,
      ...(note ? { note } : {}),
      ...(picture ? { frames: [picture] } : {}),
      ...(chat.length > 0 ? { chat } : {}),
    };
    this.onReport(report, encounter);
  }
}
