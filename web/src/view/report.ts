// The report dialog: one tap opens it, the tap on a reason sends.

import type { Line } from "../core/call/state";
import type { Words } from "../language/i18n";
import { chatOf, REASONS, type Reason, type Report } from "../remedies/reports";
import type { Kept as Credential } from "../signaling/tokens";
import { button, byId } from "./dom";

/** Whom a report is about, with what was seen of them when the dialog opened. */
export interface Encounter {
  match: string;
  pass: string;
  lines: readonly Pick<Line, "from" | "text">[];
  pictures: readonly string[];
  credential: Credential | undefined;
}

export class ReportView {
  private readonly dialog = byId<HTMLDialogElement>("report-dialog");
  private readonly note = byId<HTMLInputElement>("report-note");
  private readonly pictures = byId<HTMLInputElement>("report-pictures");
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

  show(encounter: Encounter): void {
    this.encounter = encounter;
    this.note.value = "";
    this.pictures.checked = true;
    byId("report-pictures-row").hidden = encounter.pictures.length === 0;
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
    const pictures = this.pictures.checked ? encounter.pictures : [];
    const report = reportOf({ ...encounter, pictures }, reason, this.note.value.trim());
    this.close();
    this.onReport(report, encounter);
  }
}

export function reportOf({ pass, pictures, lines }: Encounter, reason: Reason, note = ""): Report {
  const chat = chatOf(lines);
  return {
    pass,
    reason,
    ...(note ? { note } : {}),
    ...(pictures.length > 0 ? { frames: [...pictures] } : {}),
    ...(chat.length > 0 ? { chat } : {}),
  };
}
