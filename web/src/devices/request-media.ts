// Requests devices from the browser, and finds out which of them is at fault.

import { type Choice, constraintsOf } from "./constraints";
import type { Kind } from "./device-list";

/** "unsupported": the browser has no calls, or its user has switched them off, as the lockdown mode of iPhones does. */
export type MediaProblem = "denied" | "missing" | "busy" | "insecure" | "unsupported";

/** What is wrong with each device. */
export type Faults = Partial<Record<Kind, MediaProblem>>;

/** Says whether the browser would ask the visitor. */
export type Permission = (kind: Kind) => Promise<PermissionState | undefined>;

export class MediaRefused extends Error {
  constructor(readonly faults: Faults) {
    super("the browser gives no camera or no microphone");
  }
}

/**
 * Requests these devices together, so that the browser asks once. If that fails, each is requested alone. A camera
 * without any microphone is enough, because there is the chat. It throws `MediaRefused`.
 */
export async function requestMedia(
  kinds: readonly Kind[],
  choice: Choice,
  permission: Permission,
): Promise<MediaStream> {
  try {
    return await streamOf(kinds, choice);
  } catch (error) {
    const problem = problemOf(error);
    const certain = kinds.length === 1 || isHopeless(problem);
    if (certain || (problem === "denied" && !(await decided(kinds, permission))))
      throw new MediaRefused(Object.fromEntries(kinds.map((kind) => [kind, problem])));
    return requestEach(kinds, choice);
  }
}

/** Returns whether another try on this page cannot help. */
export function isHopeless(problem: string): boolean {
  return problem === "insecure" || problem === "unsupported";
}

/** Returns whether each device was allowed or refused, so that the browser does not ask once more. */
async function decided(kinds: readonly Kind[], permission: Permission): Promise<boolean> {
  const states = await Promise.all(kinds.map(permission));
  return states.every((state) => state === "granted" || state === "denied");
}

async function requestEach(kinds: readonly Kind[], choice: Choice): Promise<MediaStream> {
  const tracks: MediaStreamTrack[] = [];
  const faults: Faults = {};
  for (const kind of kinds) {
    try {
      tracks.push(...(await streamOf([kind], choice)).getTracks());
    } catch (error) {
      faults[kind] = problemOf(error);
    }
  }
  const enough = !faults.video && (!faults.audio || faults.audio === "missing");
  if (enough) return new MediaStream(tracks);
  for (const track of tracks) track.stop();
  throw new MediaRefused(faults);
}

/** Requests this device, or another one if that fails. */
export async function requestTrack(
  kind: Kind,
  choice: Choice,
  device: MediaTrackConstraints,
): Promise<MediaStreamTrack> {
  const ask = async (wanted: MediaTrackConstraints) => {
    const [track] = (await streamOf([kind], choice, wanted)).getTracks();
    if (!track) throw new DOMException("a stream without a track", "NotFoundError");
    return track;
  };
  try {
    return await ask(device);
  } catch (error) {
    if (Object.keys(device).length === 0 || problemOf(error) === "denied") throw error;
    return ask({});
  }
}

async function streamOf(
  kinds: readonly Kind[],
  choice: Choice,
  device?: MediaTrackConstraints,
): Promise<MediaStream> {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (!devices && !isSecureContext) throw new DOMException("no secure context", "SecurityError");
  // Without connections the devices would be asked for in vain.
  if (!devices || !hasCalls()) throw new DOMException("no calls", "NotSupportedError");
  const wanted = kinds.map((kind) => [kind, constraintsOf(kind, choice, device)]);
  return devices.getUserMedia(Object.fromEntries(wanted));
}

/** Returns whether this browser has calls at all. */
export function hasCalls(): boolean {
  return "RTCPeerConnection" in globalThis;
}

/** Browsers and drivers have errors of their own. Whatever it is, another try may help, as with a busy device. */
export function problemOf(error: unknown): MediaProblem {
  switch (error instanceof DOMException ? error.name : "") {
    case "NotAllowedError":
      return "denied";
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing";
    case "SecurityError":
      return "insecure";
    case "NotSupportedError":
      return "unsupported";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    default:
      console.info("The browser gave no device:", error);
      return "busy";
  }
}
