// Accepting an invitation: the secret for the authenticator app, a password, and the first code.

import type { Api } from "../api";
import type { Screen } from "../desk";
import { field, h } from "../dom";
import { asImage } from "../text";
import type { Invitation, Who } from "../types";
import { fill, sheet } from "../view/forms";
import { named, say } from "../words";
import { codeField } from "./login";

export class InvitationScreen implements Screen {
  readonly root = h("section", { class: "card" });
  private readonly password = h("input", {
    name: "password",
    type: "password",
    autocomplete: "new-password",
    minlength: 12,
    required: true,
  });
  private readonly code = codeField();
  private picture: string | undefined;

  constructor(
    private readonly api: Api,
    private readonly token: string,
    private readonly done: (who: Who) => void,
  ) {
    const load = () => api.send<Invitation>("POST", "/invitation", { token });
    void fill(this.root, load, (invitation) => this.show(invitation)).then(() => this.login());
  }

  leave(): void {
    if (this.picture) URL.revokeObjectURL(this.picture);
  }

  private show({ name, role, secret, qr }: Invitation): HTMLElement[] {
    // As an image, for markup from anywhere has no place in the page itself.
    this.picture = URL.createObjectURL(new Blob([asImage(qr)], { type: "image/svg+xml" }));
    const account = h("input", {
      type: "text",
      name: "username",
      autocomplete: "username",
      value: name,
      readonly: true,
      hidden: true,
    });
    const fields = [account, field(say("password_new"), this.password), field(say("code"), this.code)];
    return [
      h("h2", { tabindex: -1 }, say("invitation_title", { name })),
      h("p", { class: "lead" }, say("invitation_text", { role: named("role", role) })),
      h("h3", {}, say("invitation_scan")),
      h("img", { class: "qr", src: this.picture, alt: say("invitation_qr") }),
      h("p", {}, say("invitation_secret")),
      h("p", {}, h("code", { class: "secret", "data-secret": secret }, secret.replace(/.{4}(?=.)/g, "$& "))),
      h("h3", {}, say("invitation_choose")),
      sheet("invitation", say("invitation_accept"), () => this.submit(), ...fields).form,
    ];
  }

  /** Where the invitation is of no use any more, there is still the login. */
  private login(): void {
    if (!this.root.querySelector("form"))
      this.root.append(h("a", { class: "button", href: "#queue" }, say("to_login")));
  }

  private async submit(): Promise<void> {
    const body = { token: this.token, password: this.password.value, code: this.code.value };
    this.done(await this.api.send<Who>("POST", "/invitation/accept", body));
  }
}
