// How indecent a picture is, in one number, from what the model says of it.

/** In the order of the model: of nsfwjs, `NSFW_CLASSES`. */
const CLASSES = ["drawing", "hentai", "neutral", "porn", "sexy"] as const;

/**
 * Much skin, as at a beach, is allowed here: by itself it stays below every threshold of `watch.ts`, but it tips
 * the scales where the model is torn between it and more. Drawings count by what they show.
 */
const SEXY = 0.4;

/** `likelihoods`: one for each class, which add up to 1. From 0 to 1. */
export function nudityScore(likelihoods: ArrayLike<number>): number {
  const of = (name: (typeof CLASSES)[number]) => likelihoods[CLASSES.indexOf(name)] ?? 0;
  return of("porn") + of("hentai") + SEXY * of("sexy");
}
