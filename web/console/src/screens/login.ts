// Logs somebody in by name, password and code, or through the identity provider.

import type { LoginMethods, LoginRequest, Session } from "../api.generated";
import { type ApiClient, ApiError } from "../api-client";
import { field, h } from "../dom";
import type { Screen } from "../screen";
import { createForm, type FormParts, loadInto } from "../view/forms";
import { languageField } from "../view/language-field";
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
  readonly initialFocus = h("input", {
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
  private readonly methods = h("div", {});

  constructor(
    private readonly api: ApiClient,
    /** True if a session ended while somebody worked here. Then this page must stay open. */
    private readonly sessionExpired: boolean,
    private readonly onLoggedIn: (session: Session) => void,
  ) {
    if (sessionExpired) addEventListener("focus", this.onWindowFocus);
    this.root.append(h("h2", { tabindex: -1 }, say("log_in")));
    const refused = location.hash === "#refused"; // where the service sends people that it did not let in
    const lead = sessionExpired ? "login_again" : refused ? "login_refused" : "login_text";
    this.root.append(h("p", { class: "lead" }, say(lead)), this.methods);
    // A new load would lose what was typed before the session ended.
    if (!sessionExpired) this.root.append(languageField());
    void loadInto(
      this.methods,
      () => api.get<LoginMethods>("/ways"),
      (ways) => [this.passwordForm(ways), this.providerLink(ways)],
    ).then(() => this.initialFocus.focus());
  }

  private passwordForm(ways: LoginMethods): HTMLElement | false {
    if (!ways.password) return false;
    const fields = [
      field(say("name"), this.initialFocus),
      field(say("password"), this.password),
      field(say("code"), this.code),
    ];
    const made: FormParts = createForm("login", say("log_in"), () => this.submit(), ...fields);
    made.submitButton.classList.add("wide");
    return made.form;
  }

  private async submit(): Promise<void> {
    const body: LoginRequest = {
      name: this.initialFocus.value.trim(),
      password: this.password.value,
      code: this.code.value,
    };
    try {
      this.onLoggedIn(await this.api.send<Session>("POST", "/session", body));
    } finally {
      this.code.value = ""; // a code works once
    }
  }

  dispose(): void {
    removeEventListener("focus", this.onWindowFocus);
  }

  private providerLink({ oidc }: LoginMethods): HTMLElement | false {
    if (oidc === null) return false;
    const target = this.sessionExpired ? "_blank" : undefined;
    return h(
      "a",
      { class: "button wide", href: "/console/api/oidc", target },
      say("log_in_with", { provider: oidc }),
    );
  }

  /** Checks whether somebody logged in in another tab. */
  private readonly onWindowFocus = async (): Promise<void> => {
    try {
      const session = await this.api.currentSession();
      if (session && this.root.isConnected) this.onLoggedIn(session);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error; // if the service is away, the form says so when it is sent
    }
  };
}
