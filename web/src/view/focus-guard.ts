// Notices when a frame takes the keyboard focus by itself.

/** A Tab key this recently, in milliseconds, explains how the focus got there. */
const TABBED_MS = 500;

export class FocusGuard {
  private last: HTMLElement | undefined;
  private tabbedAt = Number.NEGATIVE_INFINITY;

  /** Calls `taken` when the frame has taken the focus. Devices without a keyboard need no guard. */
  constructor(
    private readonly frame: () => HTMLIFrameElement | undefined,
    private readonly taken: () => void,
  ) {
    if (!matchMedia("(pointer: fine)").matches) return;
    document.addEventListener("focusin", ({ target }) => {
      if (target instanceof HTMLElement && target !== this.frame()) this.last = target;
    });
    document.addEventListener("keydown", ({ key }) => {
      if (key === "Tab") this.tabbedAt = performance.now();
    });
    addEventListener("blur", () => setTimeout(() => this.look())); // only then does the page know which element has the focus
  }

  private look(): void {
    const frame = this.frame();
    if (!frame || document.activeElement !== frame || frame.matches(":hover")) return;
    if (performance.now() - this.tabbedAt < TABBED_MS) return;
    this.taken();
    this.last?.focus();
  }
}
