// Holds the session and the current screen, and changes both.

import { button, byId, setText } from "../../src/view/dom";
import { announce, toast } from "../../src/view/notifications";
import type { CasePage, Decision, Role, Session, StatementChoices } from "./api.generated";
import { type ApiClient, ApiError } from "./api-client";
import { CareStore } from "./care-store";
import { h } from "./dom";
import { actionFor, keyPressOf, mayRepeat } from "./keyboard";
import { FIRST_VEIL } from "./picture-viewing";
import { parseQuery } from "./queue-query";
import { QueueStore } from "./queue-store";
import { QueueStream } from "./queue-stream";
import { canOpen, hasRole, parseRoute, type Route, routeHash } from "./routes";
import type { Screen, ScreenContext } from "./screen";
import { AppealsScreen } from "./screens/appeals";
import { AuditScreen } from "./screens/audit";
import { BreakScreen } from "./screens/break";
import { CaseScreen } from "./screens/case";
import { IdScreen } from "./screens/id";
import { InvitationScreen } from "./screens/invitation";
import { LoginScreen } from "./screens/login";
import { PeopleScreen } from "./screens/people";
import { PolicyScreen } from "./screens/policy";
import { QueueScreen } from "./screens/queue";
import { TeamScreen } from "./screens/team";
import { TransparencyScreen } from "./screens/transparency";
import { VisitorScreen } from "./screens/visitor";
import { WorkScreen } from "./screens/work";
import { TeamStore } from "./team-store";
import { UndoBar } from "./undo-bar";
import { showAuditAlarm } from "./view/audit-alarm";
import { CareBar } from "./view/care-bar";
import { askForCode } from "./view/confirm-dialog";
import { toggleIdSearch } from "./view/id-search";
import { markCurrentScreen, showCounts, showHeader, showTeamCount, toggleKeyHelp } from "./view/page-header";
import { type Key, named, say } from "./words";

type ScreenName = Route["screen"] | "login" | "break";

export class App {
  private readonly main = byId("main");
  private session: Session | undefined;
  private screen: Screen | undefined;
  private screenName: ScreenName = "login";
  /** Pending while somebody logs in again; the screen is kept as it was. */
  private loggingInAgain: Promise<void> | undefined;
  private confirming: Promise<boolean> | undefined;
  private choices: Promise<StatementChoices> | undefined;
  private readonly drafts: ScreenContext["drafts"] = { decisions: new Map(), texts: new Map() };
  private readonly pictures: ScreenContext["pictures"] = { veil: FIRST_VEIL };
  private readonly queue: QueueStore;
  private readonly care: CareStore;
  private readonly team: TeamStore;
  private readonly stream: QueueStream;
  private readonly undoBar: UndoBar;

  constructor(
    private readonly api: ApiClient,
    private readonly now: () => number,
  ) {
    const load = (parameters: string) => api.get<CasePage>(`/cases?${parameters}`);
    this.queue = new QueueStore(() => this.onQueueChange(), now, load);
    this.care = new CareStore(localStorage, now);
    this.team = new TeamStore(
      () => this.onTeamChange(),
      () => toast(say("proposed")),
      this.care,
    );
    this.queue.skip = (summary) => this.team.skips(summary);
    this.stream = new QueueStream({
      onTeam: (state) => this.team.update(state),
      onQueue: (queue) => this.queue.update(queue),
      onAuditProblems: showAuditAlarm,
      onConnectionChange: (connected) =>
        setText(byId("connection"), connected ? undefined : say("connection_lost")),
      checkSession: () => this.api.get<Session>("/session"),
    });
    this.undoBar = new UndoBar(api, (caseId, decision) => this.onUndone(caseId, decision));
  }

  async start(): Promise<void> {
    addEventListener("hashchange", () => void this.route());
    addEventListener("keydown", (event) => this.onKeyDown(event));
    await this.route();
  }

  private async route(): Promise<void> {
    if (this.loggingInAgain) return; // the address is read after the login
    const route = parseRoute(location.hash);
    if (route.screen === "invitation") {
      // The token leaves the address and the history at once: whoever reads them later could use it.
      history.replaceState(null, "", routeHash({ screen: "queue", id: "" }));
      this.replaceScreen(
        "invitation",
        new InvitationScreen(this.api, route.id, (session) => this.onLoggedIn(session)),
      );
    } else if (this.session && this.care.onBreak) this.showBreak();
    else if (this.session) this.openScreen(this.session, route);
    else await this.restoreSession();
  }

  private async restoreSession(): Promise<void> {
    try {
      this.onLoggedIn(await this.api.get<Session>("/session"));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code === "not_logged_in") this.showLogin();
      else this.showUnreachable(error.message);
    }
  }

  private showUnreachable(sentence: string): void {
    const again = button(say("try_again"), () => void this.route());
    const root = h(
      "section",
      { class: "card" },
      h("h2", { tabindex: -1 }, say("title")),
      h("p", { class: "problem" }, sentence),
      again,
    );
    this.replaceScreen("login", { root });
  }

  private showLogin(): void {
    this.replaceScreen("login", new LoginScreen(this.api, false, (session) => this.onLoggedIn(session)));
  }

  private onLoggedIn(session: Session): void {
    this.session = session;
    this.api.onLoggedOut = () => this.logInAgain();
    this.api.onConfirmationNeeded = () => this.confirm();
    this.showHeader(session);
    this.care.enter(session.name);
    const onCounted = () => this.screen?.onQueueChange?.();
    new CareBar(this.api, this.care, this.now, () => this.takeBreak(), onCounted).start();
    this.stream.start();
    void this.route();
  }

  private takeBreak(): void {
    byId("nudge").hidden = true;
    this.care.startBreak();
    void this.route();
  }

  /** Shows the break in place of the screen. Pictures are veiled again when the screen is opened anew. */
  private showBreak(): void {
    const onEnd = () => {
      this.care.endBreak();
      void this.route();
    };
    this.replaceScreen("break", new BreakScreen(this.care.care.breakUntil, this.now, onEnd));
  }

  /** Asks for a code. One dialog serves all calls that wait. */
  private confirm(): Promise<boolean> {
    this.confirming ??= askForCode(this.api).finally(() => {
      this.confirming = undefined;
    });
    return this.confirming;
  }

  /** Shows the login in place of the screen, which comes back as it was. One login serves all calls that wait. */
  private logInAgain(): Promise<void> {
    this.loggingInAgain ??= new Promise((resolve) => {
      const { screen, screenName } = this;
      const hash = location.hash;
      // A dialog would cover the login and show what only somebody who is logged in may see.
      for (const dialog of document.querySelectorAll<HTMLDialogElement>("dialog[open]")) dialog.close();
      const login = new LoginScreen(this.api, true, (session) => {
        // Another person must not see what the first one typed and read.
        if (session.name !== this.session?.name) return location.reload();
        this.loggingInAgain = undefined;
        resolve();
        this.resume(session, screen, screenName, hash);
      });
      this.mount("login", login);
    });
    return this.loggingInAgain;
  }

  private resume(session: Session, screen: Screen | undefined, name: ScreenName, hash: string): void {
    this.session = session;
    this.screen?.dispose?.(); // the login
    this.showHeader(session);
    if (screen) this.mount(name, screen);
    this.stream.start();
    if (location.hash !== hash) void this.route();
  }

  /** Shows who is logged in. Their role may have changed since the last login. */
  private showHeader(session: Session): void {
    this.team.me = session;
    showHeader(session, {
      logOut: () => void this.logOut(),
      toggleKeyHelp,
      findId: () => this.findId(),
    });
  }

  private findId(): void {
    toggleIdSearch(this.api, (route) => this.navigate(route));
  }

  private async logOut(): Promise<void> {
    try {
      await this.api.send("DELETE", "/session");
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code !== "not_logged_in") return toast(error.message);
    }
    location.reload(); // clears everything that was read and typed from memory
  }

  private openScreen(session: Session, route: Route): void {
    const allowed = canOpen(session.role, route.screen);
    if (!allowed) toast(say("error_forbidden_place"));
    const to: Route = allowed ? route : { screen: "queue", id: "" };
    this.replaceScreen(to.screen, createScreen(to, this.context(session)));
  }

  private context(session: Session): ScreenContext {
    return {
      api: this.api,
      session: session,
      queue: this.queue,
      team: this.team,
      care: this.care,
      drafts: this.drafts,
      pictures: this.pictures,
      hasRole: (needed: Role) => hasRole(this.session?.role ?? session.role, needed),
      navigate: (route) => this.navigate(route),
      toast,
      announce,
      offerUndo: (decision, caseId) => this.undoBar.show(decision, caseId),
      now: this.now,
      statements: () => this.statements(),
    };
  }

  /** Loads the templates of statements once. They change only with the service. */
  private statements(): Promise<StatementChoices> {
    this.choices ??= this.api.get<StatementChoices>("/statements").catch((error: Error) => {
      this.choices = undefined; // so that the next one tries again
      throw error;
    });
    return this.choices;
  }

  private navigate(route: Route): void {
    const hash = routeHash(route);
    if (location.hash === hash) void this.route();
    else location.hash = hash;
  }

  private onUndone(caseId: string, decision: Decision | null): void {
    toast(say("undone", { level: named("level", decision?.level ?? "good") }));
    this.navigate({ screen: "case", id: caseId });
  }

  private replaceScreen(name: ScreenName, screen: Screen): void {
    this.screen?.dispose?.();
    this.mount(name, screen);
    scrollTo({ top: 0, behavior: "instant" });
  }

  private mount(name: ScreenName, screen: Screen): void {
    this.screen = screen;
    this.screenName = name;
    this.main.dataset.screen = name;
    this.main.replaceChildren(screen.root);
    document.title = `${say(`screen_${name}` as Key)} · ${say("title")}`;
    markCurrentScreen(name);
    const first = screen.initialFocus?.isConnected
      ? screen.initialFocus
      : screen.root.querySelector<HTMLElement>("h2");
    (first ?? this.main).focus({ preventScroll: true });
  }

  private onQueueChange(): void {
    if (this.queue.latest) showCounts(this.queue.latest);
    this.screen?.onQueueChange?.();
  }

  private onTeamChange(): void {
    showTeamCount(this.team.countForMe);
    this.screen?.onQueueChange?.();
  }

  private onKeyDown(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing || !this.session || this.screenName === "login") return;
    const action = actionFor(keyPressOf(event));
    if (!action || (document.querySelector("dialog[open], :popover-open") && action.type !== "help")) return;
    event.preventDefault();
    if (event.repeat && !mayRepeat(action)) return;
    if (action.type === "help") toggleKeyHelp();
    else if (action.type === "find") this.findId();
    else if (action.type === "undo") this.undoBar.undoNow();
    else this.screen?.onAction?.(action);
  }
}

function createScreen({ screen, id: of, query }: Route, context: ScreenContext): Screen {
  switch (screen) {
    case "case":
      return new CaseScreen(context, of);
    case "team":
      return new TeamScreen(context);
    case "appeals":
      return new AppealsScreen(context, of);
    case "work":
      return new WorkScreen(context);
    case "policy":
      return new PolicyScreen(context);
    case "transparency":
      return new TransparencyScreen(context);
    case "audit":
      return new AuditScreen(context, query ?? "");
    case "id":
      return new IdScreen(context, of);
    case "visitor":
      return new VisitorScreen(context, of);
    case "people":
      return new PeopleScreen(context);
    default:
      return new QueueScreen(context, parseQuery(query ?? ""));
  }
}
