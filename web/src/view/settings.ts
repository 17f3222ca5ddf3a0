// The settings dialog. Each control is one field of `Settings`, by its name.

import type { PageTranslator } from "../language/texts";
import type { Dispatch, PageState } from "../page-state";
import { curtainOf, type Settings } from "../settings";
import type { Site } from "../site/site";
import { byId } from "./dom";

type Switch = "check" | "hideAddress" | "signing" | "blur" | "echo" | "noise";
/** A choice that may be empty. */
type Choice = "curtain";

export class SettingsView {
  private readonly dialog = byId<HTMLDialogElement>("settings-dialog");
  private shown: Settings | undefined;

  constructor(
    private readonly translator: PageTranslator,
    private readonly site: Site,
    dispatch: Dispatch,
  ) {
    for (const open of document.querySelectorAll<HTMLElement>("button.settings")) {
      open.onclick = () => this.show();
    }
    byId("settings-close").onclick = () => this.dialog.close();
    for (const control of this.switches()) {
      control.onchange = () =>
        dispatch({ type: "change_settings", change: { [control.name as Switch]: control.checked } });
    }
    for (const control of this.choices()) {
      control.onchange = () =>
        dispatch({ type: "change_settings", change: { [control.name]: control.value || undefined } });
    }
  }

  show(): void {
    if (this.dialog.open) return;
    this.dialog.showModal();
    byId("settings-title").focus();
  }

  private switches(): NodeListOf<HTMLInputElement> {
    return this.dialog.querySelectorAll<HTMLInputElement>("input[name]");
  }

  private choices(): NodeListOf<HTMLSelectElement> {
    return this.dialog.querySelectorAll<HTMLSelectElement>("select[name]");
  }

  render({ settings }: PageState): void {
    if (settings === this.shown) return;
    this.shown = settings;
    for (const control of this.switches()) control.checked = settings[control.name as Switch];
    for (const control of this.choices()) {
      // `devices.ts` shows the devices.
      if (!control.classList.contains("device")) control.value = settings[control.name as Choice] ?? "";
    }
    const { site, translator } = this;
    const hides = byId<HTMLInputElement>("hide-address");
    const always = site.ice_policy === "relay";
    hides.disabled = !site.relay || always;
    hides.checked = always || (site.relay && settings.hideAddress);
    byId("hide-address-hint").textContent = translator.text(addressKey(site));
    const choice = translator.text(`curtain_${site.curtain}`);
    byId("curtain-site").textContent = translator.text("curtain_site", { choice });
    byId("curtain-hint").textContent = translator.text(`curtain_${curtainOf(settings, site)}_hint`);
  }
}

function addressKey({ ice_policy, relay }: Site): "address_hidden" | "address_choice" | "address_shown" {
  if (ice_policy === "relay") return "address_hidden";
  return relay ? "address_choice" : "address_shown";
}
