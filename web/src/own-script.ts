// Names our own scripts to the browser. The content policy of the page (Trusted Types) forbids to load others.

interface ScriptPolicy {
  /** Returns a TrustedScriptURL, which the DOM types know as a string. */
  createScriptURL(url: string): string;
}
interface PolicyFactory {
  createPolicy(name: string, rules: ScriptPolicy): ScriptPolicy;
}

const { trustedTypes } = globalThis as { trustedTypes?: PolicyFactory };
const rules: ScriptPolicy = { createScriptURL: checked };
/** The only policy. Browsers without Trusted Types take the address itself. */
const policy = trustedTypes?.createPolicy("zufall", rules) ?? rules;

function checked(url: string): string {
  if (new URL(url, location.href).origin !== location.origin) throw new TypeError(url);
  return url;
}

/** Returns the address of a worker's script in the form that the browser accepts; throws if it is not ours. */
export const ownScript = (url: string): string => policy.createScriptURL(url);
