// What helps two people to understand each other: captions of what both say, and translation. Loaded with a call.

import type { CallMedia } from "../call-media";
import { shownConversation } from "../core/call/over";
import type { Conversation } from "../core/call/state";
import type { Caption } from "../core/captions/caption";
import { baseOf, withRegion } from "../core/translation/languages";
import type { LocalMedia } from "../devices/local-media";
import type { PageTranslator } from "../language/texts";
import type { PageState } from "../page-state";
import type { Site } from "../site/site";
import { button, byId, setText } from "../view/dom";
import { browserRecognition } from "./browser-recogniser";
import { browserTranslator } from "./browser-translator";
import { CaptionExchange } from "./caption-exchange";
import { CaptionsView } from "./captions-view";
import { made, press, toggle } from "./elements";
import type { LineTranslator } from "./line-translator";
import { mountedRecogniser } from "./mounted-recogniser";
import { OwnSpeech } from "./own-speech";
import type { Recogniser } from "./recogniser";
import { noteText, type SheetState, UnderstandingSheet } from "./sheet";
import { loadUnderstandingTexts } from "./texts";
import { TranslatedChat } from "./translated-chat";
import { Translation, type TranslationNote } from "./translation";
import { Words } from "./words";
import "../style/understanding.css";

export interface UnderstandingParts {
  translator: PageTranslator;
  media: Pick<LocalMedia, "muted" | "track">;
  callMedia: Pick<CallMedia, "peer">;
  recogniser: Recogniser | undefined;
  lineTranslator: LineTranslator | undefined;
  /** The languages of the browser, in the order of preference. */
  browser: readonly string[];
}

/** Builds it with what this browser has. */
export async function buildUnderstanding(
  parts: Pick<UnderstandingParts, "translator" | "media" | "callMedia">,
  site: Pick<Site, "recogniser">,
): Promise<Understanding> {
  const texts = await loadUnderstandingTexts(parts.translator.locale);
  const recognition = browserRecognition();
  const recogniser = recognition.on === "device" ? recognition.recogniser : await mounted(site);
  const lineTranslator = browserTranslator();
  const all = { ...parts, recogniser, lineTranslator, browser: navigator.languages };
  return new Understanding(all, new Words(texts, parts.translator));
}

/** The recogniser of the operator, if there is one. Without it the rest goes on. */
async function mounted({ recogniser }: Pick<Site, "recogniser">): Promise<Recogniser | undefined> {
  if (!recogniser) return undefined;
  try {
    return await mountedRecogniser(recogniser);
  } catch (error) {
    console.info("The recogniser of this site does not work:", (error as Error).name);
    return undefined;
  }
}

export class Understanding {
  private readonly sheet: UnderstandingSheet;
  private readonly view: CaptionsView;
  private readonly speech: OwnSpeech | undefined;
  private readonly translation: Translation | undefined;
  private readonly chat: TranslatedChat | undefined;
  /** What a text conversation has of it. */
  private readonly row = made("div", { className: "translation-row" });
  private readonly inChat: HTMLButtonElement;
  private readonly note = made("p", { className: "translation-note", hidden: true });
  private readonly noteText = made("span", {});
  private readonly load: HTMLButtonElement;
  private exchange: CaptionExchange | undefined;
  private peer: CallMedia["peer"];
  private conversation: Conversation | undefined;
  private mine: readonly string[] = [];
  private language = "";
  private wanted = false;
  private refused = false;

  constructor(
    private readonly parts: UnderstandingParts,
    private readonly words: Words,
  ) {
    const { locale } = parts.translator;
    const write = () => this.write();
    this.view = new CaptionsView(words, {
      show: () => this.want(true),
      write,
      notNow: () => {
        this.refused = true;
        this.refresh();
      },
    });
    this.sheet = new UnderstandingSheet(words, locale, {
      captions: () => this.want(!this.wanted),
      write,
      speak: (language) => this.speak(language),
      translate: () => this.translation?.toggle(),
      load: (language) => void this.translation?.load(language),
    });
    this.speech = parts.recogniser && this.ownSpeech(parts.recogniser);
    this.translation = parts.lineTranslator && this.lineTranslation(parts.lineTranslator, locale);
    this.chat = this.translation && new TranslatedChat(words, this.translation);
    this.load = button(words.text("translate_load"), () => this.loadAsked());
    this.noteText.setAttribute("role", "status");
    this.note.append(this.noteText, this.load);
    this.inChat = toggle(words.text("translate"), () => this.translation?.toggle());
    this.row.append(this.inChat, this.note);
    byId("types").before(this.row);
  }

  render({ call, preferences }: PageState): void {
    this.conversation = shownConversation(call);
    this.mine = preferences.languages;
    const { peer } = this.parts.callMedia;
    if (peer !== this.peer) this.meet(peer);
    this.refresh();
  }

  private ownSpeech(recogniser: Recogniser): OwnSpeech {
    return new OwnSpeech({
      recogniser,
      microphone: () => (this.peer && !this.parts.media.muted ? this.parts.media.track("audio") : undefined),
      send: (caption) => this.exchange?.send(caption),
      onChange: () => this.refresh(),
    });
  }

  private lineTranslation(translator: LineTranslator, target: string): Translation {
    return new Translation({
      translator,
      target,
      spoken: () => ({ mine: this.mine, theirs: this.conversation?.partner.languages ?? [] }),
      onChange: (again) => {
        if (again) this.chat?.update(true);
        this.refresh();
      },
    });
  }

  /** Another stranger, or none. What I say is written down for nobody who was not told of it. */
  private meet(peer: CallMedia["peer"]): void {
    this.peer = peer;
    this.refused = false;
    this.speech?.forget();
    this.exchange = peer && new CaptionExchange(peer.channel, (caption) => this.heard(caption));
  }

  private heard(caption: Caption | undefined): void {
    this.refresh();
    if (caption?.final && this.wanted) void this.hear(caption);
  }

  private async hear(caption: Caption): Promise<void> {
    const { exchange } = this;
    const found = await this.translation?.line(caption.text, caption.language);
    if (exchange === this.exchange && this.wanted) this.view.hear(caption, found);
  }

  private want(wanted: boolean): void {
    this.wanted = wanted;
    this.refresh();
  }

  private write(): void {
    if (this.speech?.on) this.speech.stop();
    else void this.speech?.begin(this.chosen());
  }

  private speak(language: string): void {
    this.language = language;
    if (this.speech?.on) void this.speech.begin(language);
    else this.refresh();
  }

  private refresh(): void {
    const { exchange, speech, wanted } = this;
    speech?.update();
    const sends = speech?.on === true;
    exchange?.tell({ sends, wanted, able: speech !== undefined });
    const asked = exchange?.theirs?.wanted === true && speech?.state === "off" && !this.refused;
    this.view.render({ exchange, wanted, writing: speech?.listens === true, asked });
    this.sheet.render(this.conversation && exchange && this.sheetState(exchange));
    this.renderTranslation(this.conversation && this.translation?.note);
  }

  private renderTranslation(note: TranslationNote | undefined): void {
    setText(this.noteText, note && noteText(note, this.words));
    this.note.hidden = !note;
    this.load.hidden = note?.is !== "press";
    this.inChat.hidden = !this.translation || this.conversation?.mode !== "text";
    press(this.inChat, this.translation?.on === true);
    this.row.hidden = this.note.hidden && this.inChat.hidden;
  }

  private loadAsked(): void {
    const note = this.translation?.note;
    if (note?.is === "press") void this.translation?.load(note.language);
  }

  private sheetState(exchange: CaptionExchange): SheetState {
    const languages = this.languages();
    return {
      captions: this.captionsState(exchange),
      speech: this.speech?.state,
      languages,
      language: this.chosen(),
      translates: this.translation?.on,
      note: this.translation?.note,
    };
  }

  private captionsState({ theirs }: CaptionExchange): SheetState["captions"] {
    if (!this.wanted) return "off";
    if (!theirs || theirs.sends) return "shown";
    return theirs.able ? "asked" : "unable";
  }

  /** The language of the page and those that I speak, as tags for a recogniser. */
  private languages(): string[] {
    const { translator, browser } = this.parts;
    const bases = [...this.mine, translator.locale].map(baseOf);
    return [...new Set(bases)].map((base) => withRegion(base, browser));
  }

  private chosen(): string {
    const languages = this.languages();
    return languages.includes(this.language) ? this.language : (languages[0] ?? "en-US");
  }
}
