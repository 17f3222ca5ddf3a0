// Shows what surrounds every screen: the menu, the account, and the list of keys.

import { button, byId } from "../../../src/view/dom";
import type { CaseQueue, Session } from "../api.generated";
import { h, setAttributes } from "../dom";
import { KEY_HELP } from "../keyboard";
import { canOpen, SCREENS } from "../routes";
import { VIEWER_KEY_HELP } from "../viewer-keys";
import { type Key, keyText, named, say } from "../words";
import { languageField } from "./language-field";

export interface HeaderActions {
  logOut: () => void;
  toggleKeyHelp: () => void;
  findId: () => void;
}

/** Shows the account and the screens that its role may open. Hides both while nobody is logged in. */
export function showHeader(session: Session | undefined, actions: HeaderActions): void {
  const menu = byId("menu");
  const me = byId("me");
  menu.hidden = me.hidden = session === undefined;
  if (!session) return;
  const screens = SCREENS.filter((screen) => canOpen(session.role, screen));
  const links = screens.map((screen) =>
    h(
      "a",
      { href: `#${screen}`, "data-to": screen },
      say(`screen_${screen}`),
      h("span", { class: "count", hidden: true }),
    ),
  );
  menu.replaceChildren(...links);
  const find = button(say("find_short"), actions.findId);
  find.append(h("kbd", { "aria-hidden": "true" }, "/"));
  me.replaceChildren(find, ...accountMenu(session, actions));
}

/** Returns the button with the name of the account, and what it opens. The browser closes it, such as by Esc. */
function accountMenu(session: Session, actions: HeaderActions): HTMLElement[] {
  const who = `${session.name} · ${named("role", session.role)}`;
  const panel = h("div", { id: "account", role: "group", "aria-label": who });
  panel.popover = "auto";
  const keys = button(say("keys"), () => {
    panel.hidePopover();
    actions.toggleKeyHelp();
  });
  keys.append(h("kbd", { "aria-hidden": "true" }, "?"));
  panel.append(h("p", {}, who), languageField(), keys, button(say("log_out"), actions.logOut));
  const opener = button(session.name, () => {});
  setAttributes(opener, { class: "who", title: who, "aria-label": who });
  opener.popoverTargetElement = panel;
  return [opener, panel];
}

export function markCurrentScreen(screen: string): void {
  const of = screen === "case" || screen === "visitor" ? "queue" : screen;
  for (const link of byId("menu").querySelectorAll<HTMLElement>("[data-to]")) {
    const here = link.dataset.to === of;
    setAttributes(link, { "aria-current": here && "page" });
    if (here) link.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
}

/** Shows in the menu how many cases and appeals wait. Cases with flags only are not counted. */
export function showCounts({ open, flagged, appeals }: CaseQueue): void {
  for (const [screen, number] of [
    ["queue", open - flagged],
    ["appeals", appeals],
  ] as const) {
    const badge = byId("menu").querySelector<HTMLElement>(`[data-to="${screen}"] .count`);
    if (!badge) continue;
    badge.textContent = String(number);
    badge.hidden = number === 0;
  }
}

function keyList(help: readonly [string, Key][]): HTMLElement {
  const rows = help.flatMap(([keys, means]) => [
    h("dt", {}, h("kbd", {}, keyText(keys))),
    h("dd", {}, say(means)),
  ]);
  return h("dl", {}, ...rows);
}

/** Shows in the menu how much waits for the moderator. */
export function showTeamCount(waiting: number): void {
  const badge = byId("menu").querySelector<HTMLElement>('[data-to="team"] .count');
  if (!badge) return;
  badge.textContent = String(waiting);
  badge.hidden = waiting === 0;
}

export function toggleKeyHelp(): void {
  const open = document.querySelector<HTMLDialogElement>("#keys");
  if (open) {
    open.close();
    return;
  }
  const title = h("h2", { id: "keys-title", tabindex: -1 }, say("keys_title"));
  const dialog = h(
    "dialog",
    { id: "keys", "aria-labelledby": "keys-title" },
    title,
    h("p", {}, say("keys_text")),
    h(
      "div",
      { class: "key-lists" },
      h("div", {}, h("h3", {}, say("keys_screens")), keyList(KEY_HELP)),
      h("div", {}, h("h3", {}, say("keys_viewer")), keyList(VIEWER_KEY_HELP)),
    ),
  );
  dialog.append(button(say("close"), () => dialog.close()));
  dialog.onclose = () => dialog.remove();
  document.body.append(dialog);
  dialog.showModal();
  title.focus(); // not the button at the end, which would scroll the list
}
