// Explains in a sentence why a search waits, and what the visitor could give up. Pure.

import { isolatedText } from "../text/plain-text";
import type { Translator } from "../translator";
import type { Relaxable, Search, Wish } from "./state";

type Named = "languages" | "interests";
type HintKey =
  | "alone"
  | `hint_${"met" | "nobody" | "avoid_countries" | "nearby" | "matcher_away"}`
  | `hint_${Named}`
  | `hint_${Named}_few`;
type OutlookKey = "alone_text" | "widens" | "meet_again" | "waiting_one" | "waiting_other";

type HintTranslator = Pick<Translator<HintKey>, "locale" | "text" | "language">;
type OutlookTranslator = Pick<Translator<OutlookKey>, "text" | "count">;

/** Seconds until something changes. Nothing is said about what is over. */
export interface Times {
  /** Until the search widens. */
  widens: number;
  /** Until the last two who parted can meet again. */
  again: number;
}

export interface Hint {
  sentence: string;
  /** What to give up, if that would help. */
  relax?: Relaxable;
  /** A wider search does not help. */
  hard?: boolean;
  /** Only time helps: who is here has just been met. */
  met?: boolean;
}

/**
 * Explains the hint of a `searching` frame, such as `languages:cy,de`. Returns undefined for an unknown hint.
 */
export function explain({ hint = "" }: Search, wish: Wish, translator: HintTranslator): Hint | undefined {
  const [what = "", ...rest] = hint.split(":");
  const tags = rest.join(":").split(",").filter(Boolean);
  switch (what) {
    case "alone":
      return { sentence: translator.text("alone"), hard: true };
    case "met":
      return { sentence: translator.text("hint_met"), hard: true, met: true };
    case "nobody":
    case "avoid_countries":
    case "matcher_away":
      return { sentence: translator.text(`hint_${what}`), hard: true };
    case "nearby":
      return { sentence: translator.text("hint_nearby"), ...offer("nearby", wish.nearby) };
    case "languages":
      return {
        sentence: nobodyHas(
          "languages",
          tags.map((tag) => translator.language(tag)),
          translator,
        ),
        ...offer("strict_language", wish.strict_language),
        ...(wish.strict_language ? { hard: true } : {}),
      };
    case "interests":
      return {
        sentence: nobodyHas("interests", tags.map(isolatedText), translator),
        ...offer("interests", wish.interests?.length),
      };
    default:
      return undefined;
  }
}

/** Names what nobody else has. Without names, it says only that few have it. */
function nobodyHas(what: Named, names: string[], translator: HintTranslator): string {
  if (names.length === 0) return translator.text(`hint_${what}_few`);
  const list = new Intl.ListFormat(translator.locale, { type: "disjunction" });
  return translator.text(`hint_${what}`, { [what]: list.format(names) });
}

/** Returns how many others wait. The visitor is counted, too. */
export function othersIn({ waiting, hint }: Search): number {
  return hint === "alone" ? 0 : Math.max(0, waiting - 1);
}

/** Says how many others wait, and what time will change. */
export function outlook(
  search: Search,
  hint: Hint | undefined,
  times: Times,
  { count, text }: OutlookTranslator,
): string {
  const others = othersIn(search);
  if (others === 0) return text("alone_text");
  const { widens, again } = { widens: Math.ceil(times.widens), again: Math.ceil(times.again) };
  const parts = [count("waiting", others)];
  if (widens > 0 && !hint?.hard) parts.push(text("widens", { seconds: widens }));
  if (again > 0 && hint?.met) parts.push(text("meet_again", { seconds: again }));
  return parts.join(" · ");
}

/** Returns the key of the text on the button. */
export function relaxKey(relax: Relaxable): `relax_${Relaxable}` {
  return `relax_${relax}`;
}

function offer(relax: Relaxable, wished: unknown): { relax?: Relaxable } {
  return wished ? { relax } : {};
}
