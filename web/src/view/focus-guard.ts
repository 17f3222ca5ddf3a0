// Browsers let a frame take the keyboard's focus by itself, in the middle of a word: here that is noticed.

/** A Tab so shortly before, in milliseconds, is how somebody got there. */
const TABBED_MS = 500;

export class FocusGuard {
  private last: HTMLElement | undefined;
  private tabbedAt = Number.NEGATIVE_INFINITY;

  /** `taken`: the frame has taken what nobody gave it. Where there is no keyboard, nothing is lost by it. */
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
    addEventListener("blur", () => setTimeout(() => this.look())); // then it is known who has it
  }

  private look(): void {
    const frame = this.frame();
    if (!frame || document.activeElement !== frame || frame.matches(":hover")) return;
    if (performance.now() - this.tabbedAt < TABBED_MS) return;
    this.taken();
    this.last?.focus();
  }
}
