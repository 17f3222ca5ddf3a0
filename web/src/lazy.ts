// A part of the page that is loaded when it is first needed, because the page must be light.

export interface LazyOptions<Part> {
  load: () => Promise<Part>;
  loaded: () => void;
  failed: (error: Error) => void;
}

export class Lazy<Part> {
  /** Undefined until it is there. */
  part: Part | undefined;
  private state: "unwanted" | "loading" | "failed" = "unwanted";

  constructor(private readonly parts: LazyOptions<Part>) {}

  /** It is needed from now on. */
  want(): void {
    if (this.part || this.state !== "unwanted") return;
    this.state = "loading";
    this.parts.load().then(
      (part) => {
        this.part = part;
        this.parts.loaded();
      },
      (error: Error) => {
        this.state = "failed";
        this.parts.failed(error);
      },
    );
  }

  /** Allows another try if the last one failed. */
  again(): void {
    if (this.state === "failed") this.state = "unwanted";
  }
}
