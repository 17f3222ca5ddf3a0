// Chooses among cameras, microphones and speakers. Pure.

import type { Settings } from "../settings";

/** The kind of a track, as the browser names it. */
export type Kind = "audio" | "video";

export type Listed = Pick<MediaDeviceInfo, "deviceId" | "kind" | "label">;

export interface Devices {
  cameras: readonly Listed[];
  microphones: readonly Listed[];
  speakers: readonly Listed[];
}

/** Names for the system's default, which the page offers itself. */
const ALIASES = new Set(["", "default", "communications"]);

/** Leaves out unnamed devices. Browsers list those before they have the permission. */
export function devicesOf(listed: readonly Listed[]): Devices {
  const of = (kind: MediaDeviceKind) =>
    listed.filter((device) => device.kind === kind && !ALIASES.has(device.deviceId));
  return { cameras: of("videoinput"), microphones: of("audioinput"), speakers: of("audiooutput") };
}

export function has(devices: readonly Listed[], id: string | undefined): boolean {
  return devices.some(({ deviceId }) => deviceId === id);
}

/** Returns the camera after `current`, in a circle. */
export function nextCamera(cameras: readonly Listed[], current: string | undefined): string | undefined {
  const place = cameras.findIndex(({ deviceId }) => deviceId === current);
  const next = cameras[(place + 1) % cameras.length];
  return next?.deviceId === current ? undefined : next?.deviceId;
}

/** Returns constraints for the camera on the other side of a phone, or for the next camera. */
export function otherCamera(
  cameras: readonly Listed[],
  running: Pick<MediaTrackSettings, "deviceId" | "facingMode">,
): MediaTrackConstraints | undefined {
  if (running.facingMode === "user") return { facingMode: { exact: "environment" } };
  if (running.facingMode === "environment") return { facingMode: { exact: "user" } };
  const next = nextCamera(cameras, running.deviceId);
  return next === undefined ? undefined : { deviceId: { exact: next } };
}

/** Returns the chosen device if it has come back and is not running yet. */
export function returned(
  devices: readonly Listed[],
  chosen: string | undefined,
  running: string | undefined,
): string | undefined {
  return chosen !== running && has(devices, chosen) ? chosen : undefined;
}

/** Returns the chosen speaker if it is here, or "" for the system's default. */
export function speakerOf({ speakers }: Devices, { speaker }: Pick<Settings, "speaker">): string {
  return speaker !== undefined && has(speakers, speaker) ? speaker : "";
}
