// A recogniser that the operator of this site mounts, for browsers that have none. docs/page.md says how.

import { ownScript } from "../own-script";
import type { Recogniser } from "./recogniser";

/** What the script of a recogniser gets. */
export interface MountedParts {
  /** Returns the address of a file beside the script. */
  address: (name: string) => string;
  /** Starts a file beside the script as a module worker. The policy of the page allows no other workers. */
  worker: (name: string) => Worker;
}

interface MountedScript {
  createRecogniser(parts: MountedParts): Recogniser | Promise<Recogniser>;
}

/** Loads the script at `url`, which is on our own origin. Raises an error if it makes no recogniser. */
export async function mountedRecogniser(
  url: string,
  load: (url: string) => Promise<MountedScript> = (script) => import(/* @vite-ignore */ script),
): Promise<Recogniser> {
  const script = ownScript(new URL(url, location.href).href);
  const address = (name: string) => new URL(name, String(script)).href;
  const worker = (name: string) => new Worker(ownScript(address(name)), { type: "module" });
  const made = await (await load(String(script))).createRecogniser({ address, worker });
  const { availability, install, listen } = made;
  if ([availability, install, listen].some((part) => typeof part !== "function"))
    throw new TypeError("the script makes no recogniser");
  return made;
}
