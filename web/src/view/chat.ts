// The conversation in writing. Everything a stranger writes is text and nothing else.

import { shownConversation } from "../core/call/over";
import type { Call, Line } from "../core/call/state";
import { reactionIn } from "../core/text/emoji";
import type { PageTranslator } from "../language/texts";
import type { Dispatch, PageState } from "../page-state";
import { randomId } from "../random-id";
import { lineElement, mark, markPending } from "./chat-line";
import { byId, setText } from "./dom";
import { focusFallback } from "./focus-fallback";
import { guardMessageField } from "./message-field";
import { toast } from "./notifications";
import { openingLine } from "./stage";

const TYPING_EVERY_MS = 2_000;
const TYPING_SHOWN_MS = 4_000;
/** A line that arrives sooner is never called late. */
const LATE_MS = 1_000;
/** A reader this close to the end, in pixels, still reads the last line. */
const NEAR_END = 80;

export class ChatView {
  private readonly lines = byId("lines");
  private readonly message = byId<HTMLInputElement>("message");
  private readonly newer = byId("newer");
  private match: string | undefined;
  private shown = new WeakSet<Line>();
  /** My lines by their ids, because their states change. */
  private mine = new Map<string, { item: HTMLElement; line: Line }>();
  private typedAt = Number.NEGATIVE_INFINITY;
  private typesTimer: ReturnType<typeof setTimeout> | undefined;
  private open = true;
  /** Whether the last line was visible before the list changed its height. */
  private atEnd = true;
  private height = 0;

  constructor(
    private readonly translator: PageTranslator,
    /** A line is shown for the first time, at this place. */
    private readonly appeared: (line: Line, item: HTMLElement) => void,
    private readonly dispatch: Dispatch,
  ) {
    byId<HTMLFormElement>("say").onsubmit = (event) => this.submit(event);
    this.message.oninput = () => this.typing();
    guardMessageField(this.message, () =>
      toast(translator.text("message_cut", { most: this.message.maxLength })),
    );
    byId("chat-toggle").onclick = () => this.toggle(!this.open);
    this.lines.onscroll = () => this.scrolled();
    this.newer.onclick = () => this.toNewer();
    for (const place of [this.lines, byId("stage")])
      place.addEventListener("click", ({ target }) => this.tapped(target as Element));
    new ResizeObserver(() => this.resized()).observe(this.lines);
    this.toggle(true);
  }

  render({ call }: PageState): void {
    const conversation = shownConversation(call);
    if (conversation?.match !== this.match) this.begin(call);
    for (const line of conversation?.lines ?? []) if (!this.shown.has(line)) this.show(line);
    if (call.phase === "over") this.close();
  }

  /** The stranger has left. A line that I have not sent stays, so that I can copy it. */
  private close(): void {
    this.strangerPaused();
    this.message.readOnly = true;
    byId("say").hidden = !this.message.value;
  }

  showTyping(): void {
    this.keepAtEnd(() => {
      byId("types").hidden = false;
    });
    clearTimeout(this.typesTimer);
    this.typesTimer = setTimeout(() => this.strangerPaused(), TYPING_SHOWN_MS);
  }

  /** Another match has begun: nothing of the last conversation may stay. */
  private begin(call: Call): void {
    this.match = call.conversation?.match;
    this.lines.replaceChildren();
    this.atEnd = true;
    this.newer.hidden = true;
    this.showAll(false);
    this.message.readOnly = false;
    this.mine.clear();
    this.message.value = "";
    this.typedAt = Number.NEGATIVE_INFINITY;
    this.strangerPaused();
    byId("unread").hidden = true;
    if (!call.conversation) return;
    const opener = document.createElement("p");
    opener.className = "opener";
    opener.ariaLive = "off"; // the greeting has already said it
    setText(opener, openingLine(call, this.translator, true));
    this.lines.append(opener);
  }

  private show(line: Line): void {
    this.shown.add(line);
    if (line.from === "stranger") {
      const theirs = lineElement(line, this.translator);
      this.newer.hidden = this.nearEnd();
      this.keepAtEnd(() => this.lines.append(theirs));
      this.strangerPaused();
      if (!this.open && !reactionIn(line.text)) byId("unread").hidden = false;
      this.appeared(line, theirs);
      return;
    }
    const before = this.mine.get(line.id);
    const item = before?.item ?? lineElement(line, this.translator);
    const isLast = !before || (before.line.state === "failed" && line.state !== "failed");
    this.mine.set(line.id, { item, line });
    if (line.state === "pending") setTimeout(() => this.late(line), LATE_MS);
    this.keepAtEnd(() => {
      mark(item, line, this.translator, () => this.tryAgain(line.id));
      if (isLast) this.lines.append(item);
    }, isLast);
    if (!before) this.appeared(line, item);
  }

  private late(line: Line): void {
    const shown = this.mine.get(line.id);
    if (shown?.line === line) this.keepAtEnd(() => markPending(shown.item, this.translator));
  }

  /** Moves the focus first, because the button disappears. */
  private tryAgain(id: string): void {
    focusFallback();
    this.dispatch({ type: "resend", id });
  }

  /** Keeps the reader's place: at the end if they were there, or further up. */
  private keepAtEnd(change: () => void, always = false): void {
    const atEnd = this.nearEnd();
    change();
    if (atEnd || always) this.toEnd();
  }

  /** A scroll event may come after the list has changed its height, so it is judged by the height before. */
  private scrolled(): void {
    this.atEnd = this.nearEnd(this.height);
    if (this.atEnd) this.newer.hidden = true;
    else this.showAll(true);
  }

  /** Moves the focus first, because the button disappears. */
  private toNewer(): void {
    this.lines.focus();
    this.newer.hidden = true;
    this.toEnd();
  }

  /** On a phone the lines lie on the picture, so only the last ones are shown until somebody taps. */
  private tapped(target: Element): void {
    if (!target.closest("button")) this.showAll(document.documentElement.dataset.lines !== "all");
  }

  private showAll(all: boolean): void {
    document.documentElement.dataset.lines = all ? "all" : "last";
  }

  /** The list has changed its height, for example because of the keyboard of a phone. */
  private resized(): void {
    this.height = this.lines.clientHeight;
    if (this.atEnd) this.toEnd();
    else this.atEnd = this.nearEnd();
  }

  private nearEnd(height = 0): boolean {
    const { scrollHeight, scrollTop, clientHeight } = this.lines;
    return scrollHeight - scrollTop - Math.max(height, clientHeight) < NEAR_END;
  }

  private toEnd(): void {
    this.lines.scrollTop = this.lines.scrollHeight;
  }

  private strangerPaused(): void {
    clearTimeout(this.typesTimer);
    byId("types").hidden = true;
  }

  private submit(event: Event): void {
    event.preventDefault();
    const text = this.message.value.trim();
    if (!text || this.message.readOnly) return;
    this.message.value = "";
    this.typedAt = Number.NEGATIVE_INFINITY;
    this.dispatch({ type: "say", text, id: randomId() });
    this.message.focus();
  }

  private typing(): void {
    const now = performance.now();
    if (!this.message.value || now - this.typedAt < TYPING_EVERY_MS) return;
    this.typedAt = now;
    this.dispatch({ type: "typing" });
  }

  private toggle(open: boolean): void {
    this.open = open;
    document.documentElement.dataset.chat = open ? "open" : "closed";
    byId("chat-toggle").setAttribute("aria-expanded", String(open));
    if (open) byId("unread").hidden = true;
    this.toEnd();
  }
}
