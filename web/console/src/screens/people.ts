// Shows the accounts, their roles, and invitations.

import { button } from "../../../src/view/dom";
import {
  type Account,
  type AccountChangeRequest,
  type AccountList,
  type InvitationLink,
  type InviteRequest,
  ROLES,
  type Role,
} from "../api.generated";
import { pathOf } from "../api-client";
import { type Child, field, h, select, table, timeElement, untrustedText } from "../dom";
import { formatTime } from "../format-time";
import type { Screen, ScreenContext } from "../screen";
import { createForm, loadInto, runAndReport } from "../view/forms";
import { copyText } from "../view/visitor-id";
import { named, say } from "../words";
import { alarmSection } from "./alarms";

export class PeopleScreen implements Screen {
  readonly root = h("section", { class: "screen" });
  private readonly container = h("div", { class: "people cards" });
  private readonly problem = h("p", { class: "problem", role: "alert", hidden: true });
  private readonly link = h("div", { class: "invited", "aria-live": "polite" });

  constructor(private readonly context: ScreenContext) {
    this.root.append(
      h("h2", { tabindex: -1 }, say("screen_people")),
      h("p", { class: "quiet" }, say("people_text")),
    );
    this.root.append(this.container, this.problem, this.inviteSection(), this.link, alarmSection(context));
    void this.load();
  }

  private load(): Promise<void> {
    const load = () => this.context.api.get<AccountList>("/accounts");
    const heads = (["people_name", "people_role", "people_state", "people_last", "people_do"] as const).map(
      (key) => say(key),
    );
    return loadInto(this.container, load, ({ accounts }) => [
      table(
        say("screen_people"),
        heads,
        accounts.map((account) => this.row(account)),
      ),
    ]);
  }

  private row(account: Account): Child[] {
    const { name, state, locked_until, last_login } = account;
    const locked =
      locked_until && locked_until > this.context.now()
        ? ` · ${say("people_locked", { time: formatTime(locked_until) })}`
        : "";
    const mine = name === this.context.session.name;
    return [
      untrustedText(name),
      mine ? named("role", account.role) : this.roleSelect(account),
      h("span", {}, h("span", { "data-state": state }, named("state", state)), locked),
      last_login ? timeElement(last_login, formatTime(last_login)) : say("people_never"),
      mine
        ? h("span", { class: "quiet" }, say("people_you"))
        : h("div", { class: "row" }, this.accessButton(account), this.reinviteButton(name)),
    ];
  }

  private roleSelect({ name, role }: Account): HTMLElement {
    const made = select("role", ROLES, role, (value) => named("role", value));
    made.setAttribute("aria-label", say("role_of", { name }));
    made.onchange = () => void this.change(name, { role: made.value as Role });
    return made;
  }

  private accessButton({ name, state }: Account): HTMLButtonElement {
    const disabled = state === "disabled";
    return button(
      say(disabled ? "enable" : "disable"),
      () => void this.change(name, { disabled: !disabled }),
    );
  }

  /** Builds the button that invites somebody again. That disables their password, so the button asks twice. */
  private reinviteButton(name: string): HTMLButtonElement {
    const made = button(say("invite_again"), () => {
      if (made.dataset.sure) {
        void runAndReport(this.problem, made, () =>
          this.invite(name, pathOf`/accounts/${name}/invitation`, {}),
        );
        return;
      }
      made.dataset.sure = "true";
      made.textContent = say("invite_again_sure");
    });
    made.onblur = () => {
      delete made.dataset.sure;
      made.textContent = say("invite_again");
    };
    return made;
  }

  private async change(name: string, change: AccountChangeRequest): Promise<void> {
    const work = async () => {
      await this.context.api.send("PATCH", pathOf`/accounts/${name}`, change);
      this.context.toast(say("changed", { name }));
    };
    await runAndReport(this.problem, undefined, work);
    await this.load(); // after a failure as well, so that the table shows the true state
  }

  private inviteSection(): HTMLElement {
    const name = h("input", {
      name: "invite-name",
      required: true,
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
    });
    const role = select("invite-role", ROLES, "moderator", (value) => named("role", value));
    const submit = async () => {
      await this.invite(name.value.trim(), "/accounts", {
        name: name.value.trim(),
        role: role.value as Role,
      });
      name.value = "";
    };
    const made = createForm(
      "invite",
      say("invite"),
      submit,
      field(say("people_name"), name),
      field(say("people_role"), role),
    );
    made.form.classList.add("in-line");
    return h("section", { "aria-label": say("invite_title") }, h("h3", {}, say("invite_title")), made.form);
  }

  private async invite(
    name: string,
    path: string,
    body: InviteRequest | Record<string, never>,
  ): Promise<void> {
    const { invitation, expires_at } = await this.context.api.send<InvitationLink>("POST", path, body);
    const link = h("input", {
      name: "invitation",
      readonly: true,
      value: new URL(invitation, location.origin).href,
    });
    link.onfocus = () => link.select();
    const copied = button(say("copy"), () => void this.copy(link));
    const said = h("p", {}, say("invited", { name, time: formatTime(expires_at) }));
    this.link.replaceChildren(said, field(say("invite_link"), link), copied);
    link.focus();
    await this.load();
  }

  private async copy(link: HTMLInputElement): Promise<void> {
    if (!(await copyText(link.value, this.context.toast))) link.focus();
  }
}
