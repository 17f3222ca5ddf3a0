// Finds a visitor, a case, a decision or a report by its id, from every screen.

import { button } from "../../../src/view/dom";
import type { FoundIds } from "../api.generated";
import { type ApiClient, pathOf } from "../api-client";
import { type Child, field, h, untrustedText } from "../dom";
import { type Route, routeHash } from "../routes";
import { say } from "../words";
import { createForm } from "./forms";

/** Opens the box, or closes it if it is open. `navigate` shows what was chosen. */
export function toggleIdSearch(api: ApiClient, navigate: (route: Route) => void): void {
  const open = document.querySelector<HTMLDialogElement>("#find");
  if (open) {
    open.close();
    return;
  }
  const input = h("input", {
    name: "start",
    required: true,
    minlength: 8,
    autocomplete: "off",
    spellcheck: "false",
  });
  const found = h("div", { role: "status" });
  const { form, submitButton } = createForm(
    "find",
    say("find_send"),
    () => find(),
    field(say("find_label"), input),
    found,
  );
  const title = h("h2", { id: "find-title" }, say("find"));
  const dialog = h("dialog", { id: "find", "aria-labelledby": "find-title" }, title, form);

  async function find(): Promise<void> {
    const routes = routesOf(await api.get<FoundIds>(pathOf`/ids?start=${input.value.trim()}`));
    const [only] = routes;
    if (only && routes.length === 1) return go(only.route);
    found.replaceChildren(...(routes.length ? [foundList(routes)] : [h("p", {}, say("find_nothing"))]));
    found.querySelector("a")?.focus();
  }

  function go(route: Route): void {
    dialog.close();
    navigate(route);
  }

  submitButton.after(button(say("close"), () => dialog.close()));
  dialog.onclick = (event) => {
    if ((event.target as Element).closest("a")) dialog.close();
  };
  dialog.onclose = () => dialog.remove();
  document.body.append(dialog);
  dialog.showModal();
  input.focus();
}

interface FoundRoute {
  route: Route;
  text: Child[];
}

/** Returns where each result leads: a decision and a report to their case, or else to their visitor. */
export function routesOf({ visitors, cases, decisions, reports }: FoundIds): FoundRoute[] {
  const place = (of: string, visitor: string): Route =>
    of ? { screen: "case", id: of } : { screen: "visitor", id: visitor };
  const text = (kind: string, id: string): Child[] => [`${kind} `, untrustedText(id)];
  return [
    ...visitors.map((id) => ({ route: place("", id), text: text(say("visitor"), id) })),
    ...cases.map(({ id, accused }) => ({ route: place(id, accused), text: text(say("screen_case"), id) })),
    ...decisions.map(({ id, visitor, case: of }) => ({
      route: place(of, visitor),
      text: text(say("decision"), id),
    })),
    ...reports.map(({ id, accused, case: of }) => ({
      route: place(of, accused),
      text: text(say("report_word"), id),
    })),
  ];
}

export function foundList(routes: readonly FoundRoute[]): HTMLElement {
  const items = routes.map(({ route, text }) => h("li", {}, h("a", { href: routeHash(route) }, ...text)));
  return h("ul", { class: "found" }, ...items);
}
