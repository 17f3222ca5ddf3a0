// A part of the page that is loaded when it is first needed, because the page must be light.

export interface LazyOptions<Value> {
  load: () => Promise<Value>;
  onLoaded: () => void;
  onFailed: (error: Error) => void;
}

export class Lazy<Value> {
  /** Undefined until it is there. */
  value: Value | undefined;
  private state: "unloaded" | "loading" | "failed" = "unloaded";

  constructor(private readonly options: LazyOptions<Value>) {}

  /** It is needed from now on. */
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

  /** Allows another try if the last one failed. */
  allowRetry(): void {
    if (this.state === "failed") this.state = "unloaded";
  }
}
