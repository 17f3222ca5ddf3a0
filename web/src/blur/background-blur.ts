// Blurs the background of my picture: by the browser where it can, else with a network on this device.

import type { LocalMedia } from "../devices/local-media";
import type { PageTranslator } from "../language/texts";
import { loadMyPictureTexts } from "../my-picture/texts";
import type { Dispatch } from "../page-state";
import { blurredTrack, type WhyNoBlur } from "./blurred-track";
import { blursItself } from "./browser-blur";
import { NoBlurDialog } from "./no-blur-dialog";

export interface BlurParts {
  translator: PageTranslator;
  media: Pick<LocalMedia, "cameraOff" | "darken">;
  dispatch: Dispatch;
}

/**
 * Returns the track to send in place of the camera's. Whenever the background cannot be blurred, the camera is turned
 * off, and the visitor is asked what to do.
 */
export async function blurred(camera: MediaStreamTrack, parts: BlurParts): Promise<MediaStreamTrack> {
  const texts = await loadMyPictureTexts(parts.translator.locale); // for when the network is gone
  const failed = (why: WhyNoBlur) => {
    void parts.media.darken();
    new NoBlurDialog(texts, () => showUnblurred(parts)).open(why);
  };
  if (await blursItself(camera, () => failed("failed"))) return camera;
  return blurredTrack(camera, failed);
}

function showUnblurred({ media, dispatch }: BlurParts): void {
  dispatch({ type: "change_settings", change: { blur: false } });
  if (media.cameraOff) dispatch({ type: "camera" });
}
