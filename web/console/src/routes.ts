// Reads and writes the current screen in the part of the address after `#`, so that Back and reloading work. Pure.

import { ROLES, type Role } from "./api.generated";

export const SCREENS = ["queue", "team", "appeals", "transparency", "policy", "audit", "people"] as const;
export type Route = { screen: (typeof SCREENS)[number] | "case" | "invitation"; id: string };

/** The least role that each screen needs; the others need none. */
const REQUIRED_ROLES: Partial<Record<Route["screen"], Role>> = {
  policy: "senior",
  audit: "senior",
  people: "admin",
};

export function hasRole(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

export function canOpen(role: Role, screen: Route["screen"]): boolean {
  return hasRole(role, REQUIRED_ROLES[screen] ?? "viewer");
}

/** Returns the route that a hash names, or the queue if it names none. */
export function parseRoute(hash: string): Route {
  const [, screen = "", separator = "", rest = ""] = /^#?([a-z]*)([=/]?)(.*)$/s.exec(hash) ?? [];
  if (screen === "invitation" && separator === "=") return { screen, id: rest };
  const of = separator === "/" ? decodeOrEmpty(rest) : "";
  if (screen === "case" && of) return { screen, id: of };
  const known = SCREENS.find((one) => one === screen);
  return { screen: known ?? "queue", id: known === "appeals" ? of : "" };
}

export function routeHash({ screen, id: of }: Route): string {
  return of ? `#${screen}/${encodeURIComponent(of)}` : `#${screen}`;
}

function decodeOrEmpty(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return ""; // the address contains an incomplete escape
  }
}
