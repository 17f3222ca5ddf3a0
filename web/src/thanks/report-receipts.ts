// Keeps the ids of the reports that were filed, with which the page asks what became of them. No id names anybody.

import type { FiledReport } from "../http.generated";
import { parseObjects } from "../storage/json-guards";

const KEY = "zufall.reported";
/** The service takes as many at a time. */
export const MOST_RECEIPTS = 20;
/** Longer than the service usually keeps a report, in milliseconds. */
export const LONGEST_MS = 400 * 24 * 3_600_000;

export interface Receipt {
  report: string;
  /** Wall clock in milliseconds. */
  at: number;
}

export type ReceiptStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** Keeps the id of a report from the answer of the server that stored it. */
export function keepReceipt(store: ReceiptStorage, { report }: FiledReport): void {
  new ReportReceipts(store).keep(report);
}

export class ReportReceipts {
  constructor(
    private readonly store: ReceiptStorage,
    private readonly now: () => number = Date.now,
  ) {}

  /** Keeps the newest reports only. */
  keep(report: string): void {
    this.write([...this.all(), { report, at: this.now() }].slice(-MOST_RECEIPTS));
  }

  /** Returns the oldest first. */
  all(): Receipt[] {
    const kept = parseObjects(this.store.getItem(KEY)) as Partial<Receipt>[];
    return kept
      .map(({ report, at }) => ({ report: String(report), at: Number(at) }))
      .filter(({ report, at }) => report.length <= 64 && this.now() - at < LONGEST_MS)
      .slice(-MOST_RECEIPTS);
  }

  forget(reports: readonly string[]): void {
    this.write(this.all().filter(({ report }) => !reports.includes(report)));
  }

  private write(receipts: readonly Receipt[]): void {
    if (receipts.length > 0) this.store.setItem(KEY, JSON.stringify(receipts));
    else this.store.removeItem(KEY);
  }
}
