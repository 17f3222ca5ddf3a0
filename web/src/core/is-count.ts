/** Returns whether a stranger's page or a gateway has said a number that counts something. Pure. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
