// The socket to a gateway: it says hello, reconnects by itself, and delivers typed frames. It knows neither
// the page nor the call.

import { version } from "../package.json";
import { type CloseReason, jitter, planAfter } from "./core/reconnect";
import { wellFormedJson } from "./core/text/well-formed";
import { type FromBrowser, SUBPROTOCOL, type ToBrowser } from "./messages.generated";
import { TokenRefused, type TokenStore, visitorOf } from "./signaling/token-store";
import type { Dial, VisitorStore } from "./signaling/visitor-store";

const HURRY_MS = 300;
/** Without this limit, a browser waits for minutes if nothing answers. */
const WELCOME_MS = 10_000;

export interface SignalingOptions {
  url: string;
  tokens: Pick<TokenStore, "current" | "expire" | "forget">;
  visitors: Pick<VisitorStore, "dial" | "raiseTo" | "remember">;
  locale: string;
  /** Returns the pass of the current match, to resume it. */
  pass: () => string | undefined;
  onMessage: (message: ToBrowser) => void;
  /** Whether nobody waits for the socket now, so that reconnecting may take longer. */
  patient?: () => boolean;
  /** The socket is gone and will be opened again. */
  onLost: () => void;
  /** The socket is gone and stays closed until `connect`. */
  onClosed: (why: CloseReason) => void;
  random?: () => number;
  open?: (url: string, protocol: string) => WebSocket;
}

export class Signaling {
  private socket: WebSocket | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private patience: ReturnType<typeof setTimeout> | undefined;
  private attempt = 0;
  private wanted = false;
  private welcomed = false;
  private countsCalls: boolean | undefined;
  private readonly random: () => number;
  private readonly open: (url: string, protocol: string) => WebSocket;

  constructor(private readonly options: SignalingOptions) {
    this.random = options.random ?? Math.random;
    this.open = options.open ?? ((url, protocol) => new WebSocket(url, protocol));
  }

  connect(): void {
    if (this.wanted) {
      if (!this.socket) this.again(0);
      return;
    }
    this.wanted = true;
    this.attempt = 0;
    void this.dial();
  }

  disconnect(): void {
    this.wanted = false;
    clearTimeout(this.timer);
    this.drop(1000);
  }

  /** Sends a frame. Returns false if there is no welcomed socket. */
  send(message: FromBrowser): boolean {
    if (!this.welcomed || this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(wellFormedJson(message));
    return true;
  }

  /** Tells a gateway that counts calls whether my media of this match goes through a relay. */
  tellRoute(match: string, relay: boolean): void {
    if (this.countsCalls) this.send({ type: "connected", match, relay });
  }

  /** The network is gone, so the socket is useless even if it does not know yet. */
  abandon(): void {
    this.leave(jitter(this.attempt, this.random));
  }

  /** The network has changed or the device slept, so the old socket may be dead. */
  renew(): void {
    if (this.socket) this.leave(this.random() * HURRY_MS);
    else this.hurry();
  }

  /** Ends a long delay. */
  hurry(): void {
    if (this.wanted && !this.socket) this.again(this.random() * HURRY_MS);
  }

  private async dial(): Promise<void> {
    const { tokens, visitors, url } = this.options;
    let token: string;
    try {
      token = await tokens.current();
    } catch (error) {
      this.refused(error);
      return;
    }
    const visitor = visitorOf(token) ?? "";
    const dial = await visitors.dial(visitor);
    if (!this.wanted || this.socket) return;
    if (!dial) {
      tokens.forget(); // continue as another visitor
      return this.dial();
    }
    const socket = this.open(url, SUBPROTOCOL);
    this.socket = socket;
    socket.onopen = () => socket.send(JSON.stringify(this.hello(token, dial)));
    socket.onmessage = (event) => socket === this.socket && this.receive(event.data, visitor, dial.epoch);
    socket.onclose = (event) => this.closed(socket, event.code);
    this.patience = setTimeout(() => this.abandon(), WELCOME_MS);
  }

  private hello(token: string, dial: Dial): FromBrowser {
    const pass = this.options.pass();
    const { locale } = this.options;
    return { type: "hello", token, ...dial, version, ...(pass ? { pass } : {}), locale };
  }

  private receive(data: unknown, visitor: string, epoch: number): void {
    const message = typeof data === "string" ? (JSON.parse(data) as ToBrowser) : undefined;
    if (!message) return;
    if (message.type === "welcome") {
      clearTimeout(this.patience);
      this.welcomed = true;
      this.countsCalls = message.counts_calls;
      this.attempt = 0;
    }
    this.remember(message, visitor, epoch);
    this.options.onMessage(message);
  }

  /** Stores what the next dial needs. */
  private remember(message: ToBrowser, visitor: string, epoch: number): void {
    const { visitors } = this.options;
    if ("memory" in message) visitors.remember(visitor, epoch, message.memory);
    if (message.type === "error" && message.epoch !== undefined)
      void visitors.raiseTo(visitor, message.epoch);
  }

  private refused(error: unknown): void {
    if (!this.wanted || this.socket) return; // a later dial was faster
    if (error instanceof TokenRefused && error.banned) {
      if (error.problem.ban) this.options.onMessage(error.problem.ban);
      this.part("banned");
    } else {
      this.options.onLost();
      const wait = error instanceof TokenRefused ? error.retryAfter * 1000 : 0;
      this.again(wait + jitter(this.attempt++, this.random, this.patient()));
    }
  }

  private closed(socket: WebSocket, code: number): void {
    if (socket !== this.socket) return;
    this.drop();
    if (!this.wanted) return;
    const plan = planAfter(code, this.attempt++, this.random, this.patient());
    if (!plan.back) {
      this.part(plan.why);
      return;
    }
    if (plan.renew) this.options.tokens.expire();
    this.options.onLost();
    this.again(plan.delay);
  }

  private part(why: CloseReason): void {
    this.wanted = false;
    this.options.onClosed(why);
  }

  private patient(): boolean {
    return this.options.patient?.() ?? false;
  }

  private leave(delay: number): void {
    if (!this.wanted || !this.socket) return;
    this.attempt++;
    this.drop(3000);
    this.options.onLost();
    this.again(delay);
  }

  private again(delay: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.dial(), delay);
  }

  private drop(code?: number): void {
    const socket = this.socket;
    clearTimeout(this.patience);
    this.socket = undefined;
    this.welcomed = false;
    if (code) socket?.close(code);
  }
}
