/** Returns an id for a line. It is unique in a conversation and identifies nobody. */
export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(9)), (byte) => byte.toString(36)).join("");
}
