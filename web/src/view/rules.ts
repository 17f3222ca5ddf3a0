// Shows the rules again after the consent: those of its card move into a dialog and back.

import { byId } from "./dom";

export function offerRules(): void {
  const dialog = byId<HTMLDialogElement>("rules-dialog");
  const rules = byId("rules");
  byId("rules-open").onclick = () => {
    dialog.prepend(rules);
    dialog.showModal();
    rules.focus(); // not the button, which a late key press would hit
  };
  byId("rules-close").onclick = () => dialog.close();
  dialog.onclose = () => byId("consent").prepend(rules);
}
