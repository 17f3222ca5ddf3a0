// Accepts an invitation: shows the secret for the authenticator app, and asks for a password and the first code.

import type {
  AcceptInvitationRequest,
  InvitationDetails,
  InvitationRequest,
  Session,
} from "../api.generated";
import type { ApiClient } from "../api-client";
import { field, h } from "../dom";
import type { Screen } from "../screen";
import { standaloneSvg } from "../text";
import { createForm, loadInto } from "../view/forms";
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
  private qrUrl: string | undefined;
  private opening = "";

  constructor(
    private readonly api: ApiClient,
    private readonly token: string,
    private readonly onLoggedIn: (session: Session) => void,
  ) {
    const body: InvitationRequest = { token };
    const load = () => api.send<InvitationDetails>("POST", "/invitation", body);
    void loadInto(this.root, load, (invitation) => this.show(invitation)).then(() => this.offerLogin());
  }

  dispose(): void {
    if (this.qrUrl) URL.revokeObjectURL(this.qrUrl);
  }

  private show({ name, role, secret, qr, opening }: InvitationDetails): HTMLElement[] {
    this.opening = opening;
    // The QR code is an image, so that no markup from the service enters the page.
    this.qrUrl = URL.createObjectURL(new Blob([standaloneSvg(qr)], { type: "image/svg+xml" }));
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
      h("img", { class: "qr", src: this.qrUrl, alt: say("invitation_qr") }),
      h("p", {}, say("invitation_secret")),
      h("p", {}, h("code", { class: "secret", "data-secret": secret }, secret.replace(/.{4}(?=.)/g, "$& "))),
      h("h3", {}, say("invitation_choose")),
      createForm("invitation", say("invitation_accept"), () => this.submit(), ...fields).form,
    ];
  }

  /** Offers the login if the invitation could not be loaded. */
  private offerLogin(): void {
    if (!this.root.querySelector("form"))
      this.root.append(h("a", { class: "button", href: "#queue" }, say("to_login")));
  }

  private async submit(): Promise<void> {
    const body: AcceptInvitationRequest = {
      token: this.token,
      password: this.password.value,
      code: this.code.value,
      opening: this.opening,
    };
    this.onLoggedIn(await this.api.send<Session>("POST", "/invitation/accept", body));
  }
}
