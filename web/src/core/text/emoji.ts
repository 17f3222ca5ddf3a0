// Whether a line is nothing but a few emoji. Pure.

const MOST = 3;

/** What newer browsers know by themselves as one emoji, however many characters make it up. */
const KNOWN = "\\p{RGI_Emoji}";

const ONE =
  "(?:\\p{Emoji_Modifier_Base}\\p{Emoji_Modifier}|(?!\\p{RI})\\p{Emoji_Presentation}\\uFE0F?|\\p{Extended_Pictographic}\\uFE0F)";
/** The same in the words of older ones: flags, keycaps, and pictures that are joined or tagged. */
const SPELLED = `(?:\\p{RI}{2}|[0-9#*]\\uFE0F\\u20E3|${ONE}(?:[\\u{E0020}-\\u{E007E}]+\\u{E007F})?(?:\\u200D${ONE})*)`;

/** Recognises emoji as the browser can; `flags`: for tests, as one that knows less. */
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

/** The one to three emoji that `text` is made of; undefined if there is anything else in it. */
export function reactionIn(text: string, pattern = PATTERN): string[] | undefined {
  if (text.length > 120) return undefined; // no three emoji are as long, and a line may be
  const emoji = text.match(pattern) ?? [];
  const rest = text.replaceAll(pattern, "").trim();
  return rest === "" && emoji.length > 0 && emoji.length <= MOST ? emoji : undefined;
}
