// What the service worker does with a request. Pure.

export type Plan = "leave" | "network_first" | "cache_first";

export interface Asked {
  method: string;
  url: string;
  mode: string;
}

/** `shell`: the paths that are kept; `/` is the page. */
export function planFor({ method, url, mode }: Asked, origin: string, shell: readonly string[]): Plan {
  const { origin: theirs, pathname } = new URL(url);
  if (method !== "GET" || theirs !== origin) return "leave";
  if (pathname.startsWith("/assets/")) return "cache_first"; // the hash is in the name
  if (mode === "navigate") return pathname === "/" ? "network_first" : "leave";
  return pathname !== "/" && shell.includes(pathname) ? "network_first" : "leave";
}

/** Those of the caches that nothing needs: a page that is open may still load parts of the build before. */
export function outdated(names: readonly string[], prefix: string, kept: string): string[] {
  // An update that was taken back is not the newest, and still what is needed now.
  const others = names.filter((name) => name.startsWith(prefix) && name !== kept);
  return others.slice(0, -1);
}
