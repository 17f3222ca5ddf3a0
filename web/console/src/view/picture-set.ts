// Holds the pictures of a case. Each is loaded only when somebody asks for it, which the audit log records.

import type { Report, ReportPicture } from "../api.generated";
import { pathOf } from "../api-client";
import { FIRST_VEIL } from "../picture-viewing";
import type { ScreenContext } from "../screen";
import { errorSentence } from "./forms";
import { confirmKnownPicture } from "./known-picture";

export interface CasePicture {
  readonly frame: ReportPicture;
  readonly report: Report;
  /** The number of the report in the case, from 1. */
  readonly reportNumber: number;
  state: "unseen" | "loading" | "seen";
  /** The address of the picture in the browser's memory once it was seen. */
  address: string | undefined;
  /** Says why it could not be loaded. */
  problem: string | undefined;
}

export class PictureSet {
  pictures: readonly CasePicture[] = [];
  /** Run when a picture, or the way that pictures are hidden, has changed. */
  private readonly listeners: (() => void)[] = [];

  constructor(
    private readonly context: ScreenContext,
    private readonly onShown: (report: string) => void = () => {},
  ) {}

  get allowed(): boolean {
    return this.context.hasRole("moderator");
  }

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  changed(): void {
    for (const listener of this.listeners) listener();
  }

  /** Takes the pictures of these reports, and keeps those that were seen. */
  setReports(reports: readonly Report[]): void {
    const before = new Map(this.pictures.map((picture) => [keyOf(picture), picture]));
    this.pictures = reports.flatMap((report, place) =>
      report.frames.map((frame) => {
        const { state, address, problem } = before.get(keyOf({ report, frame })) ?? UNSEEN;
        return { report, frame, reportNumber: place + 1, state, address, problem };
      }),
    );
    for (const picture of this.pictures) before.delete(keyOf(picture));
    forget([...before.values()]); // they were deleted meanwhile
    this.changed();
  }

  /** Loads a picture that was not seen yet. One that a list knows comes after a warning, and blurred. */
  async look(place: number): Promise<void> {
    const asked = this.pictures[place];
    if (!asked || !this.allowed || asked.state !== "unseen") return;
    if (asked.frame.known && !(await confirmKnownPicture(asked.frame.known))) return;
    if (asked.frame.known) this.context.pictures.veil = FIRST_VEIL;
    this.update(asked, { state: "loading", problem: undefined });
    try {
      const path = pathOf`/reports/${asked.report.id}/frames/${asked.frame.number}`;
      const { blob } = await this.context.api.download(path, "");
      this.update(asked, { state: "seen", address: URL.createObjectURL(blob) });
      this.onShown(asked.report.id);
    } catch (error) {
      this.update(asked, { state: "unseen", problem: errorSentence(error) });
    }
  }

  /** Returns the place of the first picture that was not seen, from `start` on and then from the beginning. */
  nextUnseen(start = 0): number | undefined {
    const places = this.pictures.map((_, place) => (start + place) % this.pictures.length);
    return places.find((place) => this.pictures[place]?.state === "unseen");
  }

  /** Returns the place of the first picture of a report. */
  firstOf(report: string): number {
    return Math.max(
      0,
      this.pictures.findIndex((picture) => picture.report.id === report),
    );
  }

  /** Frees the memory of all pictures. */
  dispose(): void {
    forget(this.pictures);
    this.pictures = [];
  }

  /** Changes the picture as it stands now, because the case may have been loaded again meanwhile. */
  private update(asked: CasePicture, change: Partial<CasePicture>): void {
    const now = this.pictures.find((picture) => keyOf(picture) === keyOf(asked));
    if (now) Object.assign(now, change);
    else forget([{ address: change.address }]);
    this.changed();
  }
}

const UNSEEN = { state: "unseen", address: undefined, problem: undefined } as const;

function keyOf({ report, frame }: Pick<CasePicture, "report" | "frame">): string {
  return `${report.id}/${frame.number}`;
}

function forget(pictures: readonly Pick<CasePicture, "address">[]): void {
  for (const { address } of pictures) if (address) URL.revokeObjectURL(address);
}
