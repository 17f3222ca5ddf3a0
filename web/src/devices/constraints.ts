// The media constraints for the chosen devices and for signing.

import type { Settings } from "../settings";
import type { Kind } from "./device-list";

export type Choice = Pick<Settings, "camera" | "microphone" | "signing" | "echo" | "noise">;

const VIDEO: MediaTrackConstraints = { width: { ideal: 1280 }, height: { ideal: 720 } };
const USUAL: ConstrainDouble = { ideal: 30, max: 30 };
/** Signs are read from movement, so take as many frames as the camera gives. */
const FAST: ConstrainDouble = { ideal: 60 };

/** Returns constraints that prefer the chosen device and accept another. `device` requires a certain one. */
export function constraintsOf(
  kind: Kind,
  choice: Choice,
  device: MediaTrackConstraints = {},
): MediaTrackConstraints {
  const chosen = kind === "video" ? choice.camera : choice.microphone;
  const wanted = chosen === undefined ? {} : { deviceId: { ideal: chosen } };
  if (kind === "audio") return { ...soundOf(choice), ...wanted, ...device };
  // Takes the front camera of a phone, unless one was chosen.
  const facing = chosen === undefined && device.deviceId === undefined ? { facingMode: "user" } : {};
  return { ...VIDEO, frameRate: choice.signing ? FAST : USUAL, ...facing, ...wanted, ...device };
}

/** A level that changes by itself is for voices, too. */
function soundOf({ echo, noise }: Choice): MediaTrackConstraints {
  return { echoCancellation: echo, noiseSuppression: noise, autoGainControl: noise };
}
