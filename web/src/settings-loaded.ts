// What is loaded when somebody opens the settings, or has chosen a blurred background.

import { CameraSettings } from "./camera-settings/camera-settings";
import type { LocalMedia } from "./devices/local-media";
import type { PageTranslator } from "./language/texts";
import type { Dispatch, PageState } from "./page-state";
import type { Site } from "./site/site";
import { SettingsView } from "./view/settings";

export { blurred } from "./blur/background-blur";

export class LoadedSettings {
  private readonly camera: CameraSettings;
  private readonly view: SettingsView;

  constructor(translator: PageTranslator, site: Site, media: LocalMedia, dispatch: Dispatch) {
    this.camera = new CameraSettings(translator, media);
    this.view = new SettingsView(translator, site, dispatch); // it takes the switches that were added
  }

  show(): void {
    this.view.show();
  }

  render(state: PageState): void {
    this.view.render(state);
    this.camera.render();
  }
}
