// Everything that is to be seen of a call, and what a person does there, told to the app.

import type { Call, Happening } from "./call/state";
import type { Words } from "./language/i18n";
import type { Preferences } from "./preferences";
import type { Settings } from "./settings";
import type { Site } from "./site/site";
import { AdvertisingView } from "./view/advertising";
import { AttentionView } from "./view/attention";
import { ChatView } from "./view/chat";
import { CurtainView } from "./view/curtain";
import { LanguageView } from "./view/language";
import { toast } from "./view/notices";
import { watchOffline } from "./view/offline";
import { PageView } from "./view/page";
import { PopularView } from "./view/popular";
import { ReactionsView } from "./view/reactions";
import { RewindView } from "./view/rewind";
import { SettingsView } from "./view/settings";
import { SetupView } from "./view/setup";
import { StageView } from "./view/stage";
import { UnheardView } from "./view/unheard";

export interface SceneParts {
  words: Words;
  site: Site;
  store: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  wish: Preferences;
  settings: Settings;
  /** Resolves when all that was to be kept of the last call is kept. */
  settled: () => Promise<unknown>;
}

export interface SceneActions {
  happen: (happening: Happening) => void;
  agree: () => void;
  start: () => void;
  say: (text: string) => void;
  wished: (wish: Preferences) => void;
  set: (settings: Settings) => void;
  retryMedia: () => void;
  /** Something is to be said about the last stranger. */
  afterthought: () => void;
  /** What comes of the stranger has changed. */
  changed: () => void;
}

export class Scene {
  readonly stage: StageView;
  readonly chat: ChatView;
  readonly curtain: CurtainView;
  private readonly page: PageView;
  private readonly setup: SetupView;
  private readonly rewind: RewindView;
  private readonly unheard: UnheardView;
  private readonly reactions: ReactionsView;
  private readonly popular: PopularView;
  private readonly advertising: AdvertisingView;
  private readonly language: LanguageView;
  private readonly attention = new AttentionView();
  private call: Call | undefined;

  constructor({ words, site, store, wish, settings, settled }: SceneParts, actions: SceneActions) {
    const { happen, say, changed } = actions;
    this.page = new PageView(words, actions.agree);
    this.stage = new StageView(words, {
      retryMedia: actions.retryMedia,
      useMode: (mode) => this.setup.setMode(mode),
      afterthought: actions.afterthought,
      relax: (relax) => happen({ type: "relax", relax }),
      remotePlays: changed,
      tapNeeded: () => toast(words.text("tap_to_hear")),
    });
    this.chat = new ChatView(words, {
      say,
      typing: () => happen({ type: "typing" }),
      again: (id) => happen({ type: "say_again", id }),
      appeared: (line, item) => this.reactions.appeared(line, item),
    });
    this.reactions = new ReactionsView(words, say);
    this.curtain = new CurtainView(words, {
      lift: () => happen({ type: "lift", asked: true }),
      resized: changed,
      focusElsewhere: () => this.focus(),
    });
    this.rewind = new RewindView(words, {
      goBack: () => happen({ type: "go_back" }),
      expired: () => happen({ type: "expired" }),
      focusElsewhere: () => this.focus(),
    });
    this.unheard = new UnheardView(words);
    this.setup = new SetupView(words, wish, actions.wished, actions.start);
    this.popular = new PopularView(words, site.popular === true, (interest) => this.setup.like(interest));
    this.advertising = new AdvertisingView(words, site.advertising);
    this.language = new LanguageView({ words, store, settled, reload: () => location.reload() });
    new SettingsView(words, site, settings, actions.set);
    watchOffline(words);
  }

  render(call: Call, wish: Preferences, afterthought: boolean): void {
    this.call = call;
    this.page.render(call, call.meeting?.mode ?? wish.mode);
    this.stage.render(call, afterthought);
    this.chat.render(call);
    this.reactions.render(call);
    this.popular.render(call.phase, wish.interests);
    this.unheard.render(call);
    this.rewind.render(call);
    this.advertising.render(call);
    this.language.render(call);
  }

  /** After everything else that may have changed: says the new phase, and moves the focus to where it begins. */
  welcome(call: Call): void {
    if (this.page.changed(call)) this.page.welcome(call, () => this.chat.focus());
    this.attention.render(call);
  }

  private focus(): void {
    if (this.call) this.page.focus(this.call, () => this.chat.focus());
  }
}
