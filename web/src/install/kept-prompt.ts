// Keeps the browser's own question about installing the page, which comes early, for a moment when it is welcome.
// It is loaded with what is shown before Start. The browser asks later, when it has read the manifest.

/** The event of Chromium, which the types of the browser do not know yet. */
interface InstallPrompt extends Event {
  prompt(): Promise<unknown>;
}

export interface KeptPrompt {
  event?: InstallPrompt | undefined;
}

export function keepPrompt(): KeptPrompt {
  const kept: KeptPrompt = {};
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    kept.event = event as InstallPrompt;
  });
  return kept;
}
