// Keeps the notice of a ban until the ban ends. It outlives the token and says how to appeal.

import type { Banned } from "../messages.generated";
import { parseObject } from "../storage/json-guards";
import type { ExplainedBan } from "./appeals-client";

const NOTICE = "zufall.ban";
const WRITTEN = "zufall.appeal";

export interface BanNotice extends ExplainedBan {
  /** The banned visitor, or an empty string if unknown. */
  visitor: string;
}

export class BanNoticeStore {
  constructor(
    private readonly store: Pick<Storage, "getItem" | "setItem" | "removeItem">,
    private readonly now: () => number = Date.now,
  ) {}

  /** Returns the notice, or undefined if there is none or the ban is over. */
  current(): BanNotice | undefined {
    const notice = parseObject(this.store.getItem(NOTICE)) as BanNotice | undefined;
    if (!notice || !isOver(notice, this.now())) return notice;
    this.forget();
    return undefined;
  }

  keep(notice: BanNotice): void {
    if (this.current()?.decision !== notice.decision) this.keepWritten("");
    this.store.setItem(NOTICE, JSON.stringify(notice));
  }

  forget(): void {
    this.store.removeItem(NOTICE);
    this.keepWritten("");
  }

  /** Returns the text of the appeal, typed or sent. */
  written(): string {
    return this.store.getItem(WRITTEN) ?? "";
  }

  keepWritten(text: string): void {
    if (text) this.store.setItem(WRITTEN, text);
    else this.store.removeItem(WRITTEN);
  }
}

/** Returns whether the ban is over. A ban with an unreadable end has no end. */
export function isOver({ until }: Pick<Banned, "until">, now: number): boolean {
  return until !== undefined && Date.parse(until) <= now;
}
