// What can be done about a stranger, during the call and for a day after it: report them, block them.

import type { Meeting } from "../core/call/state";
import type { Words } from "../language/i18n";
import { type Tokens, visitorOf } from "../signaling/tokens";
import { toast } from "../view/notices";
import { type Entry, RecentView } from "../view/recent";
import { type Encounter, ReportView, reportOf } from "../view/report";
import type { Blocks } from "./blocks";
import { Glimpses } from "./glimpses";
import { LastEncounter } from "./last-encounter";
import type { Recent, Recents } from "./recents";
import type { Outcome, Reason, Report, Reports } from "./reports";

export interface RemediesParts {
  words: Words;
  tokens: Pick<Tokens, "present">;
  blocks: Blocks;
  reports: Reports;
  recents: Recents;
}

export interface RemediesActions {
  /** A picture of the stranger who is here. */
  look: () => string | undefined;
  /** The one who is here. */
  meeting: () => Meeting | undefined;
  block: (match: string, pass: string) => void;
  /** There is something else to show. */
  changed: () => void;
}

export class Remedies {
  private readonly last: LastEncounter;
  private readonly glimpses: Glimpses;
  private readonly dialog: ReportView;
  private readonly recent: RecentView;

  constructor(
    private readonly parts: RemediesParts,
    private readonly actions: RemediesActions,
  ) {
    this.last = new LastEncounter(actions.changed);
    this.glimpses = new Glimpses(actions.look);
    this.dialog = new ReportView(parts.words, (report, encounter) => void this.file(report, encounter));
    this.recent = new RecentView(parts.words, {
      entries: () => this.entries(),
      report: (entry) => this.dialog.show(this.encounterOf(entry)),
      block: (entry) => void this.block(entry),
      forgetAll: () => parts.recents.forgetAll(),
    });
  }

  /** Somebody left so short a time ago that one may still have something to say about them. */
  get afterthought(): boolean {
    return this.last.current !== undefined;
  }

  opened(meeting: Meeting): void {
    if (meeting.mode === "video") this.glimpses.begin(meeting.match);
    void this.parts.recents.begin(meeting);
  }

  closes(meeting: Meeting): void {
    this.glimpses.end();
    this.last.keep(this.encounterOf(meeting));
    void this.parts.recents.end(meeting);
  }

  /** The one who is here, or has just left: with what was seen and said. `reason`: at once, without asking for one. */
  report(whom: "here" | "left", reason?: Reason): void {
    const meeting = this.actions.meeting();
    const encounter = whom === "left" ? this.last.current : meeting && this.encounterOf(meeting);
    if (encounter && reason) void this.file(reportOf(encounter, reason), encounter);
    else if (encounter) this.dialog.show(encounter);
  }

  /** What became of a report, perhaps one of another tab. */
  async told(match: string, outcome: Outcome): Promise<void> {
    toast(sentenceOf(outcome, this.parts.words));
    if (outcome === "filed") await this.parts.recents.mark(match, "reported");
    await this.recent.refresh();
  }

  private encounterOf(met: Pick<Recent, "match" | "pass" | "lines" | "credential"> | Meeting): Encounter {
    const { match, pass, lines } = met;
    const credential = "credential" in met ? met.credential : this.parts.tokens.present();
    return { match, pass, lines, pictures: this.glimpses.of(match), credential };
  }

  private async entries(): Promise<Entry[]> {
    const { recents, reports, tokens } = this.parts;
    const [met, waiting] = [await recents.all(), await reports.waiting()];
    const me = visitorOf(tokens.present()?.token);
    return met
      .filter(({ match }) => match !== this.actions.meeting()?.match)
      .map((recent) => ({
        ...recent,
        waits: waiting.includes(recent.match),
        mine: visitorOf(recent.credential?.token) === me,
      }));
  }

  private async block({ match, pass }: Pick<Encounter, "match" | "pass">): Promise<void> {
    this.parts.blocks.add(match, pass);
    this.actions.block(match, pass);
    await this.parts.recents.mark(match, "blocked");
    await this.recent.refresh();
  }

  private async file(report: Report, { match, pass, credential }: Encounter): Promise<void> {
    const filed = this.parts.reports.file(match, report, credential);
    const blocked = this.block({ match, pass });
    if (this.last.current?.match === match) this.last.forget();
    this.actions.changed();
    await blocked;
    await this.told(match, await filed);
  }
}

function sentenceOf(outcome: Outcome, words: Words): string {
  if (outcome === "filed" || outcome === "kept" || outcome === "late") return words.text(`report_${outcome}`);
  return words.text("report_refused", { detail: outcome.detail });
}
