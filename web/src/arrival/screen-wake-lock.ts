// Keeps the screen from going dark during a search and a call, where the browser can.

export class ScreenWakeLock {
  private wanted = false;
  private lock: WakeLockSentinel | undefined;
  private asking = false;

  constructor() {
    // A browser takes the lock back from a page that nobody sees.
    document.addEventListener("visibilitychange", () => void this.settle());
  }

  update(wanted: boolean): void {
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    void this.settle();
  }

  private async settle(): Promise<void> {
    if (!this.wanted) {
      await this.lock?.release();
      this.lock = undefined;
    } else if (!document.hidden && !this.asking && (this.lock?.released ?? true)) await this.ask();
  }

  /** A browser may refuse, for example with an empty battery. Then the screen goes dark as everywhere else. */
  private async ask(): Promise<void> {
    if (!("wakeLock" in navigator)) return;
    this.asking = true;
    try {
      this.lock = await navigator.wakeLock.request("screen");
    } catch (error) {
      console.info("The screen may go dark:", (error as Error).name);
    }
    this.asking = false;
    if (!this.wanted) await this.settle(); // meanwhile the call has ended
  }
}
