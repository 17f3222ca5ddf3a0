// Which cameras, microphones and speakers there are, and which of them is meant: choices without a browser.

import type { Settings } from "../settings";

/** Of a track, as the browser names it. */
export type Kind = "audio" | "video";

export type Listed = Pick<MediaDeviceInfo, "deviceId" | "kind" | "label">;

export interface Devices {
  cameras: readonly Listed[];
  microphones: readonly Listed[];
  speakers: readonly Listed[];
}

/** Names for the choice of the system, which the page offers in its own words. */
const ALIASES = new Set(["", "default", "communications"]);

/** Before the permission browsers list devices without a name; nobody could choose among those. */
export function devicesOf(listed: readonly Listed[]): Devices {
  const of = (kind: MediaDeviceKind) =>
    listed.filter((device) => device.kind === kind && !ALIASES.has(device.deviceId));
  return { cameras: of("videoinput"), microphones: of("audioinput"), speakers: of("audiooutput") };
}

export function has(devices: readonly Listed[], id: string | undefined): boolean {
  return devices.some(({ deviceId }) => deviceId === id);
}

/** The camera after `current`, in a round. */
export function nextCamera(cameras: readonly Listed[], current: string | undefined): string | undefined {
  const place = cameras.findIndex(({ deviceId }) => deviceId === current);
  const next = cameras[(place + 1) % cameras.length];
  return next?.deviceId === current ? undefined : next?.deviceId;
}

/** How to ask for the camera on the other side of a phone, or for the next one where cameras have no sides. */
export function otherCamera(
  cameras: readonly Listed[],
  running: Pick<MediaTrackSettings, "deviceId" | "facingMode">,
): MediaTrackConstraints | undefined {
  if (running.facingMode === "user") return { facingMode: { exact: "environment" } };
  if (running.facingMode === "environment") return { facingMode: { exact: "user" } };
  const next = nextCamera(cameras, running.deviceId);
  return next === undefined ? undefined : { deviceId: { exact: next } };
}

/** The chosen device, if it is here and not running already: it went away and has come back. */
export function returned(
  devices: readonly Listed[],
  chosen: string | undefined,
  running: string | undefined,
): string | undefined {
  return chosen !== running && has(devices, chosen) ? chosen : undefined;
}

/** The speaker to play on: the chosen one while it is here, else ("") the one of the system. */
export function speakerOf({ speakers }: Devices, { speaker }: Pick<Settings, "speaker">): string {
  return speaker !== undefined && has(speakers, speaker) ? speaker : "";
}
