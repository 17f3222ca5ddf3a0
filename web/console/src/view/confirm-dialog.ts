// Asks for a code again, before an export or a change of an account.

import { button } from "../../../src/view/dom";
import type { ConfirmationRequest } from "../api.generated";
import type { ApiClient } from "../api-client";
import { field, h } from "../dom";
import { codeField } from "../screens/login";
import { say } from "../words";
import { createForm } from "./forms";

/** Shows the dialog, and returns whether the service accepted a code. */
export function askForCode(api: ApiClient): Promise<boolean> {
  return new Promise((resolve) => {
    const code = codeField();
    let confirmed = false;
    const submit = async () => {
      const body: ConfirmationRequest = { code: code.value };
      await api.send("POST", "/session/confirm", body);
      confirmed = true;
      dialog.close();
    };
    const text = h("p", {}, say("confirm_text"));
    const made = createForm("confirm", say("confirm"), submit, text, field(say("code"), code));
    made.submitButton.after(button(say("cancel"), () => dialog.close()));
    const dialog = h(
      "dialog",
      { id: "confirm", "aria-labelledby": "confirm-title" },
      h("h2", { id: "confirm-title" }, say("confirm_title")),
      made.form,
    );
    dialog.onclose = () => {
      dialog.remove();
      resolve(confirmed);
    };
    document.body.append(dialog);
    dialog.showModal();
    code.focus();
  });
}
