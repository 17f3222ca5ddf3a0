// Keeps the browser's own question about installing the page, which comes early, for a moment when it is welcome.

/** The event of Chromium, which the types of the browser do not know yet. */
export interface InstallPrompt extends Event {
  prompt(): Promise<unknown>;
}

export interface KeptPrompt {
  event?: InstallPrompt | undefined;
}

export function keepInstallPrompt(): KeptPrompt {
  const kept: KeptPrompt = {};
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    kept.event = event as InstallPrompt;
  });
  return kept;
}
