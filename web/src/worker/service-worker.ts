// The part of ServiceWorkerGlobalScope that is used here. The page's types know only windows.

export interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}
export interface Fetching extends Extendable {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
export interface Messaged extends Extendable {
  readonly data: unknown;
  readonly source: Page | null;
}
export interface Pressed extends Extendable {
  readonly notification: { close(): void };
}
export interface Page {
  readonly url: string;
  focus(): Promise<unknown>;
  postMessage(message: ToPage): void;
  navigate(url: string): Promise<unknown>;
}
export interface ServiceWorkerScope {
  addEventListener(type: "install" | "activate", listener: (event: Extendable) => void): void;
  addEventListener(type: "fetch", listener: (event: Fetching) => void): void;
  addEventListener(type: "message", listener: (event: Messaged) => void): void;
  addEventListener(type: "notificationclick", listener: (event: Pressed) => void): void;
  skipWaiting(): Promise<void>;
  readonly clients: {
    matchAll(options: { type: "window" }): Promise<readonly Page[]>;
  };
  readonly registration: { unregister(): Promise<boolean> };
}

/** What the service worker tells a page: the build that it keeps. */
export interface ToPage {
  build: string;
}
