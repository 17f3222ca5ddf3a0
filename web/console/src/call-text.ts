// Says in words what is known of a reported call, and what only the reporter's page says of it. Pure.

import type { Call } from "./api.generated";
import { formatSpan } from "./format-time";
import { countryName, languageName, named, say } from "./words";

/** Returns what gateways know: the kind of call, the languages of both, and the country of the accused. */
export function knownOfCall(call: Call): string[] {
  const said: string[] = [];
  if (call.mode) said.push(named("mode", call.mode));
  if (call.accused_languages.length > 0)
    said.push(say("accused_speaks", { languages: languageNames(call.accused_languages) }));
  if (call.reporter_languages.length > 0)
    said.push(say("reporter_speaks", { languages: languageNames(call.reporter_languages) }));
  if (call.accused_country) said.push(say("accused_country", { country: countryName(call.accused_country) }));
  return said;
}

/** Returns what the reporter's page says of how the call ended, nothing if it said nothing. */
export function claimedOfCall({ claimed_seconds, claimed_ending }: Call): string | undefined {
  if (claimed_ending === "unknown") return undefined;
  const ending = named("ending", claimed_ending);
  return say("call_claimed", { span: formatSpan(claimed_seconds), ending });
}

function languageNames(languages: readonly string[]): string {
  return languages.map(languageName).join(", ");
}
