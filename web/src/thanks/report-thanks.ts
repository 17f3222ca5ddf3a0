// Tells a reporter once, on the start screen, that a person looked at their reports, and whether anything followed.

import type { Outcome, ReportOutcomeList } from "../http.generated";
import type { Locale } from "../language/locale";
import type { PageTranslator } from "../language/texts";
import { button, byId } from "../view/dom";
import { type Receipt, type ReceiptStorage, ReportReceipts } from "./report-receipts";
import { THANKS_TEXTS, type ThanksTexts } from "./texts";

const TIMEOUT_MS = 15_000;

/** A report of this browser, and what became of it. */
export interface ToldReport extends Receipt {
  outcome: Outcome;
}

/** Asks what became of the reports. Those that nobody has looked at are left out. */
export async function askOutcomes(
  receipts: readonly Receipt[],
  request: typeof fetch = (...args) => fetch(...args),
): Promise<ToldReport[]> {
  if (receipts.length === 0) return [];
  try {
    const response = await request("/api/reports/outcomes", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ reports: receipts.map(({ report }) => report) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return response.ok ? toldReports(receipts, await response.json()) : [];
  } catch {
    return []; // no network, no gateway, or something else answered: the next visit asks again
  }
}

function toldReports(receipts: readonly Receipt[], { outcomes }: ReportOutcomeList): ToldReport[] {
  const byReport = new Map(outcomes.map(({ report, outcome }) => [report, outcome]));
  return receipts.flatMap((receipt) => {
    const outcome = byReport.get(receipt.report);
    return outcome && Object.hasOwn(THANKS_TEXTS.en.outcomes, outcome) ? [{ ...receipt, outcome }] : [];
  });
}

/** Shows the thanks if there is something to tell. It comes back until the visitor closes it or starts. */
export async function thankReporter(store: ReceiptStorage, translator: PageTranslator): Promise<void> {
  const receipts = new ReportReceipts(store);
  const told = await askOutcomes(receipts.all());
  if (told.length === 0) return;
  const end = () => {
    receipts.forget(told.map(({ report }) => report));
    card.remove();
  };
  const card = thanksCard(told, translator, end);
  byId("stage").append(card);
  byId("setup").addEventListener("submit", end, { once: true });
}

function thanksCard(told: readonly ToldReport[], page: PageTranslator, end: () => void): HTMLElement {
  const texts = THANKS_TEXTS[page.locale as Locale];
  const card = document.createElement("section");
  card.id = "thanks";
  card.className = "check-card";
  card.setAttribute("role", "status");
  card.dataset.in = "idle";
  card.hidden = document.documentElement.dataset.phase !== "idle";
  const title = document.createElement("strong");
  title.textContent = texts.thanks;
  const looked = document.createElement("p");
  looked.textContent = texts.looked;
  const list = document.createElement("ul");
  list.append(...told.map((report) => itemOf(report, page.locale, texts)));
  card.append(title, looked, list, button(page.text("close"), end));
  return card;
}

function itemOf({ at, outcome }: ToldReport, locale: string, texts: ThanksTexts): HTMLElement {
  const item = document.createElement("li");
  const date = new Date(at).toLocaleDateString(locale, { dateStyle: "long" });
  item.textContent = texts.told.replace("{date}", date).replace("{outcome}", texts.outcomes[outcome]);
  return item;
}
