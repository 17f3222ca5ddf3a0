// The report dialog. One tap opens it, and a tap on a reason sends the report.

import type { Line } from "../core/call/state";
import { REPORT_REASONS, type ReportedCall, type ReportReason, type ReportRequest } from "../http.generated";
import type { PageTranslator } from "../language/texts";
import { chatOf } from "../safety/report-outbox";
import type { StoredToken } from "../signaling/token-store";
import { button, byId } from "./dom";

/** The match to report, with what was seen and said when the dialog opened. */
export interface ReportTarget {
  match: string;
  pass: string;
  lines: readonly Pick<Line, "from" | "text">[];
  pictures: readonly string[];
  credential: StoredToken | undefined;
  call: ReportedCall;
}

export class ReportView {
  private readonly dialog = byId<HTMLDialogElement>("report-dialog");
  private readonly note = byId<HTMLInputElement>("report-note");
  private readonly pictures = byId<HTMLInputElement>("report-pictures");
  private target: ReportTarget | undefined;

  constructor(
    translator: PageTranslator,
    private readonly onReport: (report: ReportRequest, target: ReportTarget) => void,
  ) {
    const reasons = REPORT_REASONS.map((reason) =>
      button(translator.text(`reason_${reason}`), () => this.choose(reason)),
    );
    byId("reasons").append(...reasons);
    byId("report-cancel").onclick = () => this.close();
    // Enter in the note must not close the dialog without a reason.
    this.dialog.onsubmit = (event) => event.preventDefault();
  }

  show(target: ReportTarget): void {
    this.target = target;
    this.note.value = "";
    this.pictures.checked = true;
    byId("report-pictures-row").hidden = target.pictures.length === 0;
    this.dialog.showModal();
    byId("report-title").focus(); // never a reason, because a late key press would send the report
  }

  close(): void {
    this.dialog.close();
    this.target = undefined;
  }

  private choose(reason: ReportReason): void {
    const { target } = this;
    if (!target) return;
    const pictures = this.pictures.checked ? target.pictures : [];
    const report = reportOf({ ...target, pictures }, reason, this.note.value.trim());
    this.close();
    this.onReport(report, target);
  }
}

export function reportOf(
  { pass, pictures, lines, call }: ReportTarget,
  reason: ReportReason,
  note = "",
): ReportRequest {
  const chat = chatOf(lines);
  return {
    pass,
    reason,
    call,
    ...(note ? { note } : {}),
    ...(pictures.length > 0 ? { frames: [...pictures] } : {}),
    ...(chat.length > 0 ? { chat } : {}),
  };
}
