// The worker that derives keys until one is the one that the gateway asks for. ALTCHA's library does it all.

import { deriveKey } from "altcha-lib/algorithms/web/pbkdf2";
import type { DeriveKeyFunction } from "altcha-lib/types";
import { handler } from "altcha-lib/workers/shared";

const derivedInScript: DeriveKeyFunction = async (...parameters) => {
  const { deriveKeyInScript } = await import("./derive-key");
  return deriveKeyInScript(...parameters);
};

handler({ deriveKey: globalThis.crypto?.subtle ? deriveKey : derivedInScript });
