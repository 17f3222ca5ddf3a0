// What to ask a browser for, so that it gives the chosen devices and a picture that suits the conversation.

import type { Settings } from "../settings";
import type { Kind } from "./device-list";

export type Choice = Pick<Settings, "camera" | "microphone" | "signing">;

const VIDEO: MediaTrackConstraints = { width: { ideal: 1280 }, height: { ideal: 720 } };
const USUAL: ConstrainDouble = { ideal: 30, max: 30 };
/** Who signs is understood by movement: as many pictures as the camera can. */
const FAST: ConstrainDouble = { ideal: 60 };
const AUDIO: MediaTrackConstraints = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
};

/**
 * The chosen device if it is here, else another: a browser goes without what is only `ideal`. `device` says
 * which one it has to be instead.
 */
export function constraintsOf(
  kind: Kind,
  choice: Choice,
  device: MediaTrackConstraints = {},
): MediaTrackConstraints {
  const chosen = kind === "video" ? choice.camera : choice.microphone;
  const wanted = chosen === undefined ? {} : { deviceId: { ideal: chosen } };
  if (kind === "audio") return { ...AUDIO, ...wanted, ...device };
  // A phone's camera for oneself, unless one was chosen.
  const facing = chosen === undefined && device.deviceId === undefined ? { facingMode: "user" } : {};
  return { ...VIDEO, frameRate: choice.signing ? FAST : USUAL, ...facing, ...wanted, ...device };
}
