// Computes one nudity score from the output of the model.

/** In the order of the model (`NSFW_CLASSES` of nsfwjs). */
const CLASSES = ["drawing", "hentai", "neutral", "porn", "sexy"] as const;

/**
 * Much skin, as on a beach, is allowed. This class alone stays below every threshold in
 * `core/check-policy.ts`, but it decides when the model is unsure. Drawings count like photographs.
 */
const SEXY = 0.4;

/** Takes one probability for each class (their sum is 1). Returns a score from 0 to 1. */
export function nudityScore(likelihoods: ArrayLike<number>): number {
  const of = (name: (typeof CLASSES)[number]) => likelihoods[CLASSES.indexOf(name)] ?? 0;
  return of("porn") + of("hentai") + SEXY * of("sexy");
}
