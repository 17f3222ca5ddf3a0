// Builds the view of a conversation that can go on by audio or video, with its texts.

import type { PageTranslator } from "../language/texts";
import type { Dispatch } from "../page-state";
import { AddressNotice } from "../site/address-notice";
import type { Site } from "../site/site";
import { ModeChange } from "./mode-change";
import { loadTexts } from "./texts";

export interface OpenParts {
  translator: PageTranslator;
  store: Pick<Storage, "getItem" | "setItem">;
  site: Site;
  dispatch: Dispatch;
}

export async function openModeChange(parts: OpenParts): Promise<ModeChange> {
  const { translator, store, site, dispatch } = parts;
  return new ModeChange({
    texts: await loadTexts(translator.locale),
    address: new AddressNotice(store, site),
    addressSeen: translator.text("address_seen"),
    dispatch,
  });
}
