// Shows the searches that have a name: some that everybody has, and those that this account saved.

import { button } from "../../../src/view/dom";
import type { SavedSearch, SavedViews } from "../api.generated";
import { pathOf } from "../api-client";
import { field, h, setAttributes, untrustedText } from "../dom";
import { type CaseQuery, parseQuery, queryText, standardViews } from "../queue-query";
import { routeHash } from "../routes";
import type { ScreenContext } from "../screen";
import { type Key, say } from "../words";
import { createForm, errorSentence } from "./forms";

export class SavedViewLinks {
  readonly root = h("nav", { class: "views", "aria-label": say("views") });
  private saved: readonly SavedSearch[] = [];
  private query: CaseQuery = {};

  constructor(private readonly context: ScreenContext) {
    void this.load();
  }

  /** Marks the view that shows just this. */
  show(query: CaseQuery): void {
    this.query = query;
    const here = queryText(query);
    const standard = standardViews(this.context.session.name).map(([key, one]) =>
      viewLink(say(`view_${key}` as Key), queryText(one), here),
    );
    const own = this.saved.map(({ name, query: text }) =>
      viewLink(untrustedText(name), queryText(parseQuery(text)), here),
    );
    this.root.replaceChildren(...standard, ...own, this.saveOrDelete(here));
  }

  private async load(): Promise<void> {
    try {
      this.saved = (await this.context.api.get<SavedViews>("/views")).views;
    } catch (error) {
      this.context.toast(errorSentence(error));
    }
    this.show(this.query);
  }

  /** Returns the button that deletes this view, if it is an own one, or a form that saves it. */
  private saveOrDelete(here: string): HTMLElement {
    const own = this.saved.find(({ query }) => queryText(parseQuery(query)) === here);
    if (own) return button(say("view_delete"), () => void this.delete(own.name));
    const name = h("input", { name: "view", required: true, maxlength: 60, autocomplete: "off" });
    const { form } = createForm(
      "view",
      say("view_save"),
      () => this.save(name.value),
      field(say("view_name"), name),
    );
    const details = h("details", { class: "save-view" }, h("summary", {}, say("view_save_this")), form);
    details.hidden = here === "" || this.isStandard(here);
    return details;
  }

  private isStandard(here: string): boolean {
    return standardViews(this.context.session.name).some(([, query]) => queryText(query) === here);
  }

  private async save(name: string): Promise<void> {
    const body: SavedSearch = { name, query: queryText(this.query) };
    this.saved = (await this.context.api.send<SavedViews>("POST", "/views", body)).views;
    this.context.toast(say("view_saved"));
    this.show(this.query);
    this.root.querySelector<HTMLElement>("[aria-current]")?.focus();
  }

  private async delete(name: string): Promise<void> {
    try {
      this.saved = (await this.context.api.send<SavedViews>("DELETE", pathOf`/views/${name}`)).views;
    } catch (error) {
      this.context.toast(errorSentence(error));
    }
    this.show(this.query);
    this.root.querySelector<HTMLElement>("a")?.focus();
  }
}

function viewLink(name: Node | string, query: string, here: string): HTMLAnchorElement {
  const link = h("a", { href: routeHash({ screen: "queue", id: "", query }) }, name);
  setAttributes(link, { "aria-current": query === here && "page" });
  return link;
}
