// Says in words what is known of a reported call, and what only the reporter's page says of it. Pure.

import type { Call } from "./api.generated";
import { formatSpan } from "./format-time";
import { named, say } from "./words";

/** Returns what gateways know: the kind of call, the languages of both, and the country of the accused. */
export function knownOfCall(call: Call, locale: string): string[] {
  const said: string[] = [];
  if (call.mode) said.push(named("mode", call.mode));
  if (call.accused_languages.length > 0)
    said.push(say("accused_speaks", { languages: languageNames(call.accused_languages, locale) }));
  if (call.reporter_languages.length > 0)
    said.push(say("reporter_speaks", { languages: languageNames(call.reporter_languages, locale) }));
  if (call.accused_country)
    said.push(say("accused_country", { country: nameOf("region", call.accused_country, locale) }));
  return said;
}

/** Returns what the reporter's page says of how the call ended, nothing if it said nothing. */
export function claimedOfCall({ claimed_seconds, claimed_ending }: Call): string | undefined {
  if (claimed_ending === "unknown") return undefined;
  const ending = named("ending", claimed_ending);
  return say("call_claimed", { span: formatSpan(claimed_seconds), ending });
}

function languageNames(languages: readonly string[], locale: string): string {
  return languages.map((language) => nameOf("language", language, locale)).join(", ");
}

/** Returns the name of a language or a country. What is no code stands as it came. */
function nameOf(type: "language" | "region", code: string, locale: string): string {
  try {
    return new Intl.DisplayNames([locale], { type }).of(code) ?? code;
  } catch (error) {
    if (error instanceof RangeError) return code;
    throw error;
  }
}
