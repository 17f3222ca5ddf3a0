// What the browser allows the page without a question, and when the visitor changes that.

import type { Kind } from "./device-list";

const NAMES = { audio: "microphone", video: "camera" } as const;

/**
 * Returns undefined if the browser does not say. `granted` means that a device can be requested without a
 * question. In Firefox this holds for an hour after a device was stopped, which is as long as it matters.
 */
export async function permissionOf(kind: Kind): Promise<PermissionState | undefined> {
  return (await statusOf(kind))?.state;
}

/** Calls `onGranted` whenever the visitor allows a device later, for example next to the address bar. */
export async function watchPermissions(onGranted: (kind: Kind) => void): Promise<void> {
  for (const kind of ["video", "audio"] as const) {
    const status = await statusOf(kind);
    status?.addEventListener("change", () => {
      if (status.state === "granted") onGranted(kind);
    });
  }
}

async function statusOf(kind: Kind): Promise<PermissionStatus | undefined> {
  const { permissions } = navigator as { permissions?: Permissions };
  try {
    return await permissions?.query({ name: NAMES[kind] as PermissionName });
  } catch {
    return undefined; // an older browser does not know this name
  }
}
