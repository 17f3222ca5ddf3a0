// Shows what a list of cases is filtered and sorted by. Each change counts at once.

import { COUNTRIES } from "../../../src/countries";
import { LANGUAGES } from "../../../src/language/languages";
import { button } from "../../../src/view/dom";
import { LEVELS } from "../api.generated";
import { RULES_BY_SEVERITY } from "../decision-draft";
import { field, h, select, setAttributes } from "../dom";
import { type CaseQuery, type QueryName, queryText, withChanges } from "../queue-query";
import { count, countryName, type Key, languageName, locale, named, say } from "../words";

/** What the first field offers: the end of the key of its name, and the parameters that it sets. */
const KINDS: readonly (readonly [string, CaseQuery])[] = [
  ["all", {}],
  ["people", { group: "known,minor,people" }],
  ["known", { group: "known" }],
  ["minor", { group: "minor" }],
  ["flags", { group: "flags" }],
  ["flood", { group: "flood" }],
  ["decided", { state: "decided" }],
  ["every", { state: "all" }],
];
const SORTS = ["", "urgent", "oldest", "newest", "decided"] as const;
const MODES = ["video", "audio", "text"] as const;
const PLACED = new Set<QueryName>(["state", "group", "reason", "sort"]);
const TEXTS = ["moderator", "visitor", "reporter", "network", "score", "text", "handed", "mentions"] as const;
const CHECKS = ["pictures", "known", "brigade", "appealed", "second_look", "escalated"] as const;

export class CaseFilters {
  readonly root = h("div", { class: "filters", role: "search", "aria-label": say("filters") });
  private readonly summary = h("summary", {});
  private readonly panel = h("div", { class: "panel" });
  private query: CaseQuery = {};

  constructor(private readonly onChange: (query: CaseQuery) => void) {}

  /** Shows the filters of a query. */
  show(query: CaseQuery): void {
    this.query = query;
    const kind =
      KINDS.find(([, set]) => set.state === query.state && set.group === query.group)?.[0] ?? "all";
    const chosen = select(
      "kind",
      KINDS.map(([name]) => name),
      kind,
      (name) => say(`kind_${name}` as Key),
    );
    chosen.onchange = () => this.setKind(chosen.value);
    const more = h("details", { class: "more-filters" }, this.summary, this.panel);
    this.panel.replaceChildren(...this.fields());
    this.countFilters();
    this.root.replaceChildren(
      beside(say("kind"), chosen),
      beside(
        say("sort"),
        this.parameter("sort", SORTS, (name) => say(`sort_${name || "usual"}` as Key)),
      ),
      more,
    );
  }

  private fields(): HTMLElement[] {
    const anyOr = (kind: "reason" | "level") => (value: string) =>
      value === "" ? say("any") : named(kind, value);
    return [
      field(say("column_reasons"), this.parameter("reason", ["", ...RULES_BY_SEVERITY], anyOr("reason"))),
      field(say("standing"), this.parameter("standing", ["", ...LEVELS], anyOr("level"))),
      field(say("filter_level"), this.parameter("level", ["", ...LEVELS], anyOr("level"))),
      field(say("filter_rule"), this.parameter("rule", ["", ...RULES_BY_SEVERITY], anyOr("reason"))),
      this.code("language", LANGUAGES, languageName),
      this.code("country", COUNTRIES, countryName),
      field(
        say("filter_mode"),
        this.parameter("mode", ["", ...MODES], (mode) => (mode ? named("mode", mode) : say("any"))),
      ),
      ...TEXTS.map((name) => this.text(name)),
      ...(["opened_from", "opened_to", "decided_from", "decided_to"] as const).map((name) => this.day(name)),
      h("div", { class: "checks" }, ...CHECKS.map((name) => this.check(name))),
      h("p", { class: "quiet steps" }, say("filter_steps")),
      button(say("filter_clear"), () => this.onChange({})),
    ];
  }

  private parameter(name: QueryName, values: readonly string[], text: (value: string) => string) {
    const chosen = select(name, values, this.query[name] ?? "", text);
    chosen.onchange = () => this.set({ [name]: chosen.value });
    return chosen;
  }

  /** Offers codes by their names in the language of the page, and the one that is set, whatever it is. */
  private code(name: "language" | "country", codes: readonly string[], nameOf: (code: string) => string) {
    const set = this.query[name];
    const known = byName(set && !codes.includes(set) ? [...codes, set] : codes, nameOf);
    const chosen = this.parameter(name, ["", ...known], (code) => (code ? nameOf(code) : say("any")));
    return field(say(`filter_${name}`), chosen);
  }

  private text(name: QueryName): HTMLElement {
    return field(say(`filter_${name}` as Key), this.input(name, "text"));
  }

  private day(name: QueryName): HTMLElement {
    return field(say(`filter_${name}` as Key), this.input(name, "date"));
  }

  private input(name: QueryName, type: string): HTMLInputElement {
    const value = this.query[name] ?? "";
    const made = h("input", { name, type, value, autocomplete: "off", spellcheck: "false" });
    made.onchange = () => this.set({ [name]: made.value.trim() });
    return made;
  }

  private check(name: QueryName): HTMLElement {
    const made = h("input", { type: "checkbox", name, checked: this.query[name] === "1" });
    made.onchange = () => this.set({ [name]: made.checked ? "1" : "" });
    return h("label", { class: "check" }, made, say(`filter_${name}` as Key));
  }

  private setKind(kind: string): void {
    const set = KINDS.find(([name]) => name === kind)?.[1] ?? {};
    this.set({ state: set.state ?? "", group: set.group ?? "" });
  }

  private set(changes: CaseQuery): void {
    this.query = withChanges(this.query, changes);
    this.countFilters();
    this.onChange(this.query);
  }

  private countFilters(): void {
    const names = [...new URLSearchParams(queryText(this.query)).keys()] as QueryName[];
    const number = names.filter((name) => !PLACED.has(name) || name === "reason").length;
    this.summary.textContent = number ? count("filter", number) : say("filters");
    setAttributes(this.summary, { "data-set": number > 0 && "true" });
  }
}

function byName(codes: readonly string[], nameOf: (code: string) => string): string[] {
  const { compare } = new Intl.Collator(locale());
  return [...codes].sort((one, other) => compare(nameOf(one), nameOf(other)));
}

function beside(label: string, control: HTMLSelectElement): HTMLElement {
  const labelled = field(label, control);
  labelled.classList.add("beside-it");
  return labelled;
}
