// Shows a case: puts its sections in their order, and keeps the reports when it is loaded again.

import { button } from "../../../src/view/dom";
import type { Case, Level } from "../api.generated";
import { h } from "../dom";
import { FIRST_VEIL, withBlurToggled } from "../picture-viewing";
import type { ScreenContext } from "../screen";
import { named, say } from "../words";
import {
  closedSection,
  heldNotice,
  historySection,
  notices,
  standingSection,
  triageSection,
} from "./case-sections";
import { toggleChats } from "./folded-chat";
import { PictureSet } from "./picture-set";
import { PictureStrip } from "./picture-strip";
import { PictureViewer } from "./picture-viewer";
import { reportView } from "./report";

/** What the screen adds to a case. Each stands at the place of its name. */
export interface CaseAdditions {
  /** Across the whole width, above everything else. */
  above?: HTMLElement[];
  /** At the top of the column beside the reports. It stays in sight. */
  decision?: HTMLElement[];
  /** At the end of the column beside the reports. */
  last?: HTMLElement[];
}

export interface CaseHandlers {
  onUndone: () => void;
  /** A picture of this report was shown. The service recorded the look before it sent it. */
  onPictureShown?: (report: string) => void;
  /** The key of a level was pressed in the viewer of pictures. */
  onDecide?: (level: Level) => void;
}

export class CaseView {
  private readonly root = h("div", { class: "case" });
  private readonly pictures: PictureSet;
  private readonly strip: PictureStrip;
  private readonly viewer: PictureViewer;
  /** The reports on the page. They are kept when the case is loaded again, as they were opened. */
  private readonly reports = new Map<string, HTMLElement>();

  constructor(
    private readonly context: ScreenContext,
    private readonly handlers: CaseHandlers,
  ) {
    context.pictures.veil = FIRST_VEIL; // the blur comes back with each case, and after a break
    this.pictures = new PictureSet(context, handlers.onPictureShown);
    this.strip = new PictureStrip(
      this.pictures,
      () => context.pictures.veil,
      (place) => this.viewer.show(place),
    );
    this.viewer = new PictureViewer(context, this.pictures, {
      onClosed: (place) => this.strip.focus(place),
      onDecide: handlers.onDecide,
    });
  }

  render(shown: Case, { above = [], decision = [], last = [] }: CaseAdditions = {}): HTMLElement {
    const { context } = this;
    const { onUndone } = this.handlers;
    this.pictures.setReports(shown.reports);
    this.root.dataset.case = shown.id;
    this.root.replaceChildren(
      h("div", { class: "notices" }, ...above, ...notices(shown)),
      this.strip.root,
      h("div", { class: "reports" }, ...this.reportIndex(shown), ...this.reportSections(shown)),
      h(
        "aside",
        {},
        h("div", { class: "stays" }, ...decision),
        ...closedSection(shown, context, onUndone),
        standingSection(shown, context, onUndone),
        ...triageSection(shown),
        ...heldNotice(shown),
        historySection(shown, context),
        ...last,
      ),
    );
    return this.root;
  }

  /** Opens the viewer at the next picture that was not seen, or else at the first. */
  showNextPicture(): void {
    if (this.pictures.allowed && this.pictures.pictures.length > 0)
      this.viewer.show(this.pictures.nextUnseen() ?? 0);
  }

  /** Takes the blur off all pictures, or makes it strong again. */
  toggleBlur(): void {
    this.context.pictures.veil = withBlurToggled(this.context.pictures.veil);
    this.pictures.changed();
  }

  /** Shows all lines of all chats, or folds the long ones again. */
  toggleChats(): void {
    toggleChats(this.root);
  }

  /** Moves the focus to the history of the accused. */
  showHistory(): void {
    goTo(this.root.querySelector<HTMLElement>("[data-section=history] h3"));
  }

  /** Moves the focus to the first control of the decision. */
  showDecision(): void {
    goTo(this.root.querySelector<HTMLElement>(".stays :is(button, a, input)"));
  }

  /** Moves the focus to the next or the previous report. */
  stepReport(step: 1 | -1): void {
    const headings = this.reportHeadings();
    const here = headings.findIndex((heading) =>
      heading.closest(".report")?.contains(document.activeElement),
    );
    const to = here < 0 ? 0 : here + step;
    goTo(headings[Math.min(headings.length - 1, Math.max(0, to))]);
  }

  dispose(): void {
    this.viewer.close();
    this.pictures.dispose();
  }

  private reportHeadings(): HTMLElement[] {
    return [...this.root.querySelectorAll<HTMLElement>(".report h3")];
  }

  /** Lists the reasons of all reports, if they are several, because the later ones may be below the window. */
  private reportIndex({ reports }: Case): HTMLElement[] {
    if (reports.length < 2) return [];
    const links = reports.map(({ reason, flag }, place) =>
      button(`${place + 1} ${flag ? `${say("flag")} · ` : ""}${named("reason", reason)}`, () =>
        goTo(this.reportHeadings()[place]),
      ),
    );
    return [h("nav", { class: "report-index", "aria-label": say("report_index") }, ...links)];
  }

  private reportSections({ reports }: Case): HTMLElement[] {
    return reports.map((report) => {
      const open = () => this.viewer.show(this.pictures.firstOf(report.id));
      const view = this.reports.get(report.id) ?? reportView(report, this.context, open);
      this.reports.set(report.id, view);
      return view;
    });
  }
}

function goTo(heading: HTMLElement | null | undefined): void {
  heading?.focus({ preventScroll: true });
  heading?.scrollIntoView({ block: "start" });
}
