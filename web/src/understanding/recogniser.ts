// The port of what turns my voice into text on this device. No recogniser may send sound anywhere.

import type { Phrase } from "../core/captions/own-captions";

/** `downloadable`: a pack of the language must be loaded first, which takes a while. */
export type Availability = "available" | "downloadable" | "unavailable";

/** Why listening ended although nobody wanted it. */
export type ListeningProblem = "refused" | "language" | "failed";

export interface ListeningOptions {
  /** The microphone. */
  track: MediaStreamTrack;
  /** BCP 47, with a region. */
  language: string;
  onHeard: (phrases: readonly Phrase[]) => void;
  /** The phrases that follow count from 0 again. */
  onBegin: () => void;
  onProblem: (problem: ListeningProblem) => void;
}

export interface Recogniser {
  availability(language: string): Promise<Availability>;
  /** Loads the pack of a language. Returns false if that failed. */
  install(language: string): Promise<boolean>;
  /** Listens until the returned function is called. After that no callback is called. */
  listen(options: ListeningOptions): () => void;
}
