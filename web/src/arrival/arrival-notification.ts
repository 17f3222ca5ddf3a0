// The notification that somebody has come. Its text says nothing of the stranger, because others may read the screen.

const TAG = "zufall.arrival";
const ICON = "/icon-192.png";

/** Returns whether this browser has notifications. On an iPhone only an installed page has them. */
export function hasNotifications(): boolean {
  return "Notification" in globalThis && isSecureContext;
}

/** Asks the visitor, which needs a press. Returns whether notifications may be shown. */
export async function askForNotifications(): Promise<boolean> {
  return (await Notification.requestPermission()) === "granted";
}

export function mayNotify(): boolean {
  return hasNotifications() && Notification.permission === "granted";
}

export class ArrivalNotification {
  private shown: Notification | undefined;
  /** It is open, or about to be. */
  private open = false;

  constructor(private readonly title: string) {}

  /** Shows it. A press on it shows this tab. */
  async show(body: string): Promise<void> {
    this.open = true;
    const options = { body, tag: TAG, icon: ICON, silent: true };
    try {
      this.shown = new Notification(this.title, options);
      this.shown.onclick = () => {
        window.focus();
        this.close();
      };
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      // On Android only the service worker may show one. A press on it reaches the worker.
      const worker = await navigator.serviceWorker.getRegistration();
      if (this.open) await worker?.showNotification(this.title, options);
    }
  }

  /** Closes it, because somebody looks at the page, or the stranger is gone. */
  close(): void {
    if (!this.open) return;
    this.open = false;
    if (this.shown) this.shown.close();
    else void this.closeAtWorker();
    this.shown = undefined;
  }

  private async closeAtWorker(): Promise<void> {
    const worker = await navigator.serviceWorker.getRegistration();
    for (const one of (await worker?.getNotifications({ tag: TAG })) ?? []) one.close();
  }
}
