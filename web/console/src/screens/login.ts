// Logging in by name, password and code, or by the provider that the operator has chosen.

import { type Api, Refusal } from "../api";
import type { Screen } from "../desk";
import { field, h } from "../dom";
import type { Ways, Who } from "../types";
import { fill, type Sheet, sheet } from "../view/forms";
import { say } from "../words";

export function codeField(): HTMLInputElement {
  return h("input", {
    name: "code",
    autocomplete: "one-time-code",
    inputmode: "numeric",
    pattern: "[0-9]{3} ?[0-9]{3}",
    maxlength: 7,
    required: true,
  });
}

export class LoginScreen implements Screen {
  readonly root = h("section", { class: "card" });
  readonly first = h("input", {
    name: "name",
    autocomplete: "username",
    autocapitalize: "off",
    spellcheck: "false",
    required: true,
  });
  private readonly password = h("input", {
    name: "password",
    type: "password",
    autocomplete: "current-password",
    required: true,
  });
  private readonly code = codeField();
  private readonly ways = h("div", {});

  constructor(
    private readonly api: Api,
    /** Whether a session was over while somebody worked here: then this page must not be left. */
    private readonly again: boolean,
    private readonly done: (who: Who) => void,
  ) {
    if (again) addEventListener("focus", this.returned);
    this.root.append(h("h2", { tabindex: -1 }, say("log_in")));
    const refused = location.hash === "#refused"; // so the service sends back whom the provider did not vouch for
    const lead = again ? "login_again" : refused ? "login_refused" : "login_text";
    this.root.append(h("p", { class: "lead" }, say(lead)), this.ways);
    void fill(
      this.ways,
      () => api.get<Ways>("/ways"),
      (ways) => [this.form(ways), this.provider(ways)],
    ).then(() => this.first.focus());
  }

  private form(ways: Ways): HTMLElement | false {
    if (!ways.password) return false;
    const fields = [
      field(say("name"), this.first),
      field(say("password"), this.password),
      field(say("code"), this.code),
    ];
    const made: Sheet = sheet("login", say("log_in"), () => this.submit(), ...fields);
    made.send.classList.add("wide");
    return made.form;
  }

  private async submit(): Promise<void> {
    const body = { name: this.first.value.trim(), password: this.password.value, code: this.code.value };
    try {
      this.done(await this.api.send<Who>("POST", "/session", body));
    } finally {
      this.code.value = ""; // a code works once
    }
  }

  leave(): void {
    removeEventListener("focus", this.returned);
  }

  private provider({ oidc }: Ways): HTMLElement | false {
    if (oidc === null) return false;
    const target = this.again ? "_blank" : undefined;
    return h(
      "a",
      { class: "button wide", href: "/console/api/oidc", target },
      say("log_in_with", { provider: oidc }),
    );
  }

  /** From another tab, where they may have logged in. */
  private readonly returned = async (): Promise<void> => {
    try {
      const who = await this.api.somebody();
      if (who && this.root.isConnected) this.done(who);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error; // else nobody is reached: the form says so when it is sent
    }
  };
}
