// Derives keys without WebCrypto, which browsers offer only on https and on localhost. It takes several times as
// long.

import { pbkdf2 } from "@noble/hashes/pbkdf2.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { DeriveKeyFunction } from "altcha-lib/types";

/** Derives the key of PBKDF2/SHA-256, as ALTCHA's function for WebCrypto does. */
export const deriveKeyInScript: DeriveKeyFunction = async ({ cost, keyLength = 32 }, salt, password) => ({
  derivedKey: pbkdf2(sha256, password, salt, { c: cost, dkLen: keyLength }),
});
