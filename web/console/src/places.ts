// Where one is, in the part of the address behind `#`, so that the browser's Back and reloading work. Pure.

import { ROLES, type Role } from "./types";

export const SCREENS = ["queue", "appeals", "transparency", "policy", "audit", "people"] as const;
export type Place = { screen: (typeof SCREENS)[number] | "case" | "invitation"; of: string };

/** What somebody must be to see it. */
const NEEDED: Partial<Record<Place["screen"], Role>> = { policy: "senior", audit: "senior", people: "admin" };

export function may(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

export function maySee(role: Role, screen: Place["screen"]): boolean {
  return may(role, NEEDED[screen] ?? "viewer");
}

/** Anything that is no place is the queue. */
export function placeIn(hash: string): Place {
  const [, screen = "", separator = "", rest = ""] = /^#?([a-z]*)([=/]?)(.*)$/s.exec(hash) ?? [];
  if (screen === "invitation" && separator === "=") return { screen, of: rest };
  const of = separator === "/" ? decoded(rest) : "";
  if (screen === "case" && of) return { screen, of };
  const known = SCREENS.find((one) => one === screen);
  return { screen: known ?? "queue", of: known === "appeals" ? of : "" };
}

export function hashOf({ screen, of }: Place): string {
  return of ? `#${screen}/${encodeURIComponent(of)}` : `#${screen}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return ""; // somebody typed half an escape: it names nothing
  }
}
