// Decides what the service worker does with a request. Pure.

export type Plan = "leave" | "network_first" | "cache_first";

export interface Asked {
  method: string;
  url: string;
  mode: string;
}

/** `shell` contains the paths to keep. `/` is the page. */
export function planFor({ method, url, mode }: Asked, origin: string, shell: readonly string[]): Plan {
  const { origin: theirs, pathname } = new URL(url);
  if (method !== "GET" || theirs !== origin) return "leave";
  if (pathname.startsWith("/assets/")) return "cache_first"; // its name contains its hash
  if (mode === "navigate") return pathname === "/" ? "network_first" : "leave";
  return pathname !== "/" && shell.includes(pathname) ? "network_first" : "leave";
}

/**
 * Returns the caches that nobody needs. The cache before the current one stays, because an open page may
 * still load parts of it.
 */
export function outdated(names: readonly string[], prefix: string, kept: string): string[] {
  // After a rollback, the current build is not the newest one.
  const others = names.filter((name) => name.startsWith(prefix) && name !== kept);
  return others.slice(0, -1);
}
