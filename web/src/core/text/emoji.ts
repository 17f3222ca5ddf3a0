// Recognises lines that consist of a few emoji only. Pure.

const MOST = 3;

/** One emoji, as newer browsers know it. */
const KNOWN = "\\p{RGI_Emoji}";

const ONE =
  "(?:\\p{Emoji_Modifier_Base}\\p{Emoji_Modifier}|(?!\\p{RI})\\p{Emoji_Presentation}\\uFE0F?|\\p{Extended_Pictographic}\\uFE0F)";
/** One emoji for older browsers: flags, keycaps, and joined or tagged emoji. */
const SPELLED = `(?:\\p{RI}{2}|[0-9#*]\\uFE0F\\u20E3|${ONE}(?:[\\u{E0020}-\\u{E007E}]+\\u{E007F})?(?:\\u200D${ONE})*)`;

/** Returns a pattern for emoji. Tests choose `flags` to act like an older browser. */
export function emojiPattern(flags: "v" | "u"): RegExp {
  return new RegExp(flags === "v" ? KNOWN : SPELLED, `g${flags}`);
}

function bestPattern(): RegExp {
  try {
    return emojiPattern("v");
  } catch (error) {
    if (error instanceof SyntaxError) return emojiPattern("u");
    throw error;
  }
}

const PATTERN = bestPattern();

/** Returns the one to three emoji that `text` consists of, or undefined if it contains anything else. */
export function reactionIn(text: string, pattern = PATTERN): string[] | undefined {
  if (text.length > 120) return undefined; // three emoji are never this long, but a line may be
  const emoji = text.match(pattern) ?? [];
  const rest = text.replaceAll(pattern, "").trim();
  return rest === "" && emoji.length > 0 && emoji.length <= MOST ? emoji : undefined;
}
