// What is loaded when somebody opens the settings, or has chosen a blurred background.

import { CameraSettings } from "./camera-settings/camera-settings";
import type { LocalMedia } from "./devices/local-media";
import type { PageTranslator } from "./language/texts";
import { loadMyPictureTexts } from "./my-picture/texts";
import type { Dispatch, PageState } from "./page-state";
import type { Site } from "./site/site";
import { addSection } from "./understanding/settings-section";
import { SettingsView } from "./view/settings";

export { blurred } from "./blur/background-blur";

export async function loadSettingsView(
  translator: PageTranslator,
  site: Site,
  media: LocalMedia,
  dispatch: Dispatch,
): Promise<LoadedSettings> {
  const texts = await loadMyPictureTexts(translator.locale);
  await addSection(translator, site); // last, so that another try adds no second one
  const camera = new CameraSettings(texts, translator.site, media);
  return new LoadedSettings(camera, new SettingsView(translator, site, dispatch)); // it takes all switches that are there
}

export class LoadedSettings {
  constructor(
    private readonly camera: CameraSettings,
    private readonly view: SettingsView,
  ) {}

  show(): void {
    this.view.show();
  }

  render(state: PageState): void {
    this.view.render(state);
    this.camera.render();
  }
}
