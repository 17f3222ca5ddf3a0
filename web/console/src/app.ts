// Who is logged in, which screen is shown, and what leads from one to the other.

import { button, byId, say as put } from "../../src/view/dom";
import { announce, toast } from "../../src/view/notices";
import { type Api, Refusal } from "./api";
import type { Desk, Screen } from "./desk";
import { h } from "./dom";
import { actionOf, pressedBy } from "./keys";
import { Lines } from "./lines";
import { Live } from "./live";
import { hashOf, may, maySee, type Place, placeIn } from "./places";
import { AppealsScreen } from "./screens/appeals";
import { AuditScreen } from "./screens/audit";
import { CaseScreen } from "./screens/case";
import { InvitationScreen } from "./screens/invitation";
import { LoginScreen } from "./screens/login";
import { PeopleScreen } from "./screens/people";
import { PolicyScreen } from "./screens/policy";
import { QueueScreen } from "./screens/queue";
import { TransparencyScreen } from "./screens/transparency";
import type { Decision, Role, Who } from "./types";
import { Undoing } from "./undoing";
import { markPlace, showCounts, showFrame, toggleKeys } from "./view/frame";
import { type Key, named, say } from "./words";

type Name = Place["screen"] | "login";

export class App {
  private readonly main = byId("main");
  private who: Who | undefined;
  private screen: Screen | undefined;
  private name: Name = "login";
  /** Under way while somebody logs in again, with everything kept as it was. */
  private again: Promise<void> | undefined;
  private readonly drafts: Desk["drafts"] = { decisions: new Map(), texts: new Map() };
  private readonly lines: Lines;
  private readonly live: Live;
  private readonly undoing: Undoing;

  constructor(
    private readonly api: Api,
    private readonly now: () => number,
  ) {
    this.lines = new Lines(() => this.queueChanged(), now);
    this.live = new Live({
      queue: (queue) => this.lines.take(queue),
      connected: (connected) => put(byId("connection"), connected ? undefined : say("connection_lost")),
      session: () => this.api.get<Who>("/session"),
    });
    this.undoing = new Undoing(api, (about, decision) => this.undone(about, decision));
  }

  async start(): Promise<void> {
    addEventListener("hashchange", () => void this.route());
    addEventListener("keydown", (event) => this.pressed(event));
    await this.route();
  }

  private async route(): Promise<void> {
    if (this.again) return; // the place is looked at once somebody has logged in
    const place = placeIn(location.hash);
    if (place.screen === "invitation") {
      this.show("invitation", new InvitationScreen(this.api, place.of, (who) => this.welcome(who)));
    } else if (this.who) this.go(this.who, place);
    else await this.identify();
  }

  private async identify(): Promise<void> {
    try {
      this.enter(await this.api.get<Who>("/session"));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.code === "not_logged_in") this.logIn();
      else this.unreached(error.message);
    }
  }

  private unreached(sentence: string): void {
    const again = button(say("try_again"), () => void this.route());
    const root = h(
      "section",
      { class: "card" },
      h("h2", { tabindex: -1 }, say("title")),
      h("p", { class: "problem" }, sentence),
      again,
    );
    this.show("login", { root });
  }

  private logIn(): void {
    this.show("login", new LoginScreen(this.api, false, (who) => this.enter(who)));
  }

  /** The token of an invitation is of no use any more, and not for the browser's history. */
  private welcome(who: Who): void {
    history.replaceState(null, "", hashOf({ screen: "queue", of: "" }));
    this.enter(who);
  }

  private enter(who: Who): void {
    this.who = who;
    this.api.loggedOut = () => this.logInAgain();
    showFrame(who, { logOut: () => void this.logOut(), keys: toggleKeys });
    this.live.start();
    void this.route();
  }

  /** Shows the login in place of the screen, which comes back as it was. One login serves all who wait. */
  private logInAgain(): Promise<void> {
    this.again ??= new Promise((resolve) => {
      const { screen, name } = this;
      const hash = location.hash;
      const login = new LoginScreen(this.api, true, (who) => {
        // Somebody else must not find what the first one typed and saw.
        if (who.name !== this.who?.name) return location.reload();
        this.again = undefined;
        resolve();
        this.restore(who, screen, name, hash);
      });
      this.put("login", login);
    });
    return this.again;
  }

  private restore(who: Who, screen: Screen | undefined, name: Name, hash: string): void {
    this.who = who;
    this.screen?.leave?.(); // the login
    showFrame(who, { logOut: () => void this.logOut(), keys: toggleKeys });
    if (screen) this.put(name, screen);
    this.live.start();
    if (location.hash !== hash) void this.route();
  }

  private async logOut(): Promise<void> {
    try {
      await this.api.send("DELETE", "/session");
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.code !== "not_logged_in") return toast(error.message);
    }
    location.reload(); // nothing of what was seen and typed stays in memory
  }

  private go(who: Who, place: Place): void {
    const allowed = maySee(who.role, place.screen);
    if (!allowed) toast(say("error_forbidden_place"));
    const to: Place = allowed ? place : { screen: "queue", of: "" };
    this.show(to.screen, screenFor(to, this.desk(who)));
  }

  private desk(who: Who): Desk {
    return {
      api: this.api,
      who,
      lines: this.lines,
      drafts: this.drafts,
      may: (needed: Role) => may(this.who?.role ?? who.role, needed),
      go: (place) => this.leadTo(place),
      toast,
      announce,
      decided: (decision, about) => this.undoing.offer(decision, about),
      now: this.now,
    };
  }

  private leadTo(place: Place): void {
    const hash = hashOf(place);
    if (location.hash === hash) void this.route();
    else location.hash = hash;
  }

  private undone(about: string, decision: Decision | null): void {
    toast(say("undone", { level: named("level", decision?.level ?? "good") }));
    this.leadTo({ screen: "case", of: about });
  }

  private show(name: Name, screen: Screen): void {
    this.screen?.leave?.();
    this.put(name, screen);
    scrollTo({ top: 0, behavior: "instant" });
  }

  private put(name: Name, screen: Screen): void {
    this.screen = screen;
    this.name = name;
    this.main.dataset.screen = name;
    this.main.replaceChildren(screen.root);
    document.title = `${say(`screen_${name}` as Key)} · ${say("title")}`;
    markPlace(name);
    const first = screen.first?.isConnected ? screen.first : screen.root.querySelector<HTMLElement>("h2");
    (first ?? this.main).focus({ preventScroll: true });
  }

  private queueChanged(): void {
    if (this.lines.latest) showCounts(this.lines.latest);
    this.screen?.queueChanged?.();
  }

  private pressed(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing || !this.who || this.name === "login") return;
    const action = actionOf(pressedBy(event));
    if (!action || (document.querySelector("dialog[open]") && action.does !== "help")) return;
    event.preventDefault();
    if (action.does === "help") toggleKeys();
    else if (action.does === "undo") this.undoing.again();
    else this.screen?.act?.(action);
  }
}

function screenFor({ screen, of }: Place, desk: Desk): Screen {
  switch (screen) {
    case "case":
      return new CaseScreen(desk, of);
    case "appeals":
      return new AppealsScreen(desk, of);
    case "policy":
      return new PolicyScreen(desk);
    case "transparency":
      return new TransparencyScreen(desk);
    case "audit":
      return new AuditScreen(desk);
    case "people":
      return new PeopleScreen(desk);
    default:
      return new QueueScreen(desk);
  }
}
