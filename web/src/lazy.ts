// Loads a part of the page when it is first needed, because the page must stay small.

import type { PageState, View } from "./page-state";

export interface LazyOptions<Value> {
  load: () => Promise<Value>;
  onLoaded: () => void;
  onFailed: (error: Error) => void;
}

export class Lazy<Value> {
  /** The part, or undefined until it is loaded. */
  value: Value | undefined;
  private state: "unloaded" | "loading" | "failed" = "unloaded";

  constructor(private readonly options: LazyOptions<Value>) {}

  /** Loads the part, unless that has been done or has failed. */
  load(): void {
    if (this.value || this.state !== "unloaded") return;
    this.state = "loading";
    this.options.load().then(
      (value) => {
        this.value = value;
        this.options.onLoaded();
      },
      (error: Error) => {
        this.state = "failed";
        this.options.onFailed(error);
      },
    );
  }

  /** Allows another try after a failure. */
  allowRetry(): void {
    if (this.state === "failed") this.state = "unloaded";
  }
}

/** A view that is loaded when the state first wants it. Until then, and if that fails, it shows nothing. */
export class LazyView<Loaded extends View> implements View {
  private readonly part: Lazy<Loaded>;

  constructor(
    options: LazyOptions<Loaded>,
    private readonly wanted: (state: PageState) => boolean,
  ) {
    this.part = new Lazy(options);
  }

  get value(): Loaded | undefined {
    return this.part.value;
  }

  load(): void {
    this.part.load();
  }

  allowRetry(): void {
    this.part.allowRetry();
  }

  render(state: PageState): void {
    if (this.wanted(state)) this.part.load();
    this.part.value?.render(state);
  }
}
