// Shows a case: puts its sections in their order, and keeps the reports when it is loaded again.

import type { Case } from "../api.generated";
import { h } from "../dom";
import type { ScreenContext } from "../screen";
import {
  closedSection,
  heldNotice,
  historySection,
  notices,
  standingSection,
  triageSection,
} from "./case-sections";
import type { PictureButton } from "./picture-button";
import { type ReportView, reportView } from "./report";

/** What the screen adds to a case. Each stands at the place of its name. */
export interface CaseAdditions {
  /** Across the whole width, above everything else. */
  above?: HTMLElement[];
  /** At the top of the column beside the reports. */
  decision?: HTMLElement[];
  /** At the end of the column beside the reports. */
  last?: HTMLElement[];
}

export class CaseView {
  /** The reports on the page. They are kept when the case is loaded again, with their open pictures. */
  private readonly reports = new Map<string, ReportView>();
  private lastShown: PictureButton | undefined;

  constructor(
    private readonly context: ScreenContext,
    private readonly onUndone: () => void,
  ) {}

  render(shown: Case, { above = [], decision = [], last = [] }: CaseAdditions = {}): HTMLElement {
    const { context, onUndone } = this;
    return h(
      "div",
      { class: "case", "data-case": shown.id },
      h("div", { class: "notices" }, ...above, ...notices(shown)),
      h("div", { class: "reports" }, ...this.reportSections(shown)),
      h(
        "aside",
        {},
        ...decision,
        ...closedSection(shown, context, onUndone),
        standingSection(shown, context, onUndone),
        ...triageSection(shown),
        ...heldNotice(shown),
        historySection(shown, context),
        ...last,
      ),
    );
  }

  /** Loads the next picture that was not shown yet. */
  showNextPicture(): void {
    const next = this.pictures().find(({ state }) => state === "veiled");
    if (!next) return;
    this.lastShown = next;
    next.focus();
    void next.load();
  }

  /** Blurs or clears the picture that has the focus, or else the one that was shown last. */
  toggleBlur(): void {
    const chosen = this.pictures().find(({ focused }) => focused) ?? this.lastShown;
    chosen?.toggleBlur();
  }

  dispose(): void {
    for (const picture of this.pictures()) picture.dispose();
  }

  private reportSections({ reports }: Case): HTMLElement[] {
    return reports.map((report) => {
      const view = this.reports.get(report.id) ?? reportView(report, this.context);
      this.reports.set(report.id, view);
      return view.root;
    });
  }

  private pictures(): PictureButton[] {
    return [...this.reports.values()].flatMap(({ pictures }) => pictures);
  }
}
