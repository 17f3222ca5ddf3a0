// Shows the buttons on my own picture as soon as their texts are there.

import { loadMyPictureTexts } from "../my-picture/texts";
import type { PageState, View } from "../page-state";
import { openStorage } from "../storage/local-storage";
import { SelfPlaceStore } from "./self-place-store";
import { SelfView } from "./self-view";

export class LoadedSelfView implements View {
  private view: SelfView | undefined;
  private state: PageState | undefined;

  constructor(locale: string) {
    loadMyPictureTexts(locale).then(
      (texts) => {
        this.view = new SelfView(texts, new SelfPlaceStore(openStorage(() => localStorage)));
        if (this.state) this.view.render(this.state);
      },
      (error: Error) => console.info("The buttons on my own picture were not loaded:", error.name),
    );
  }

  render(state: PageState): void {
    this.state = state;
    this.view?.render(state);
  }
}
