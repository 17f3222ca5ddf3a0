// Opens what an id belongs to, for links that know no more than the id.

import type { FoundIds } from "../api.generated";
import { pathOf } from "../api-client";
import { h } from "../dom";
import { routeHash } from "../routes";
import type { Screen, ScreenContext } from "../screen";
import { loadInto } from "../view/forms";
import { foundList, routesOf } from "../view/id-search";
import { say } from "../words";

export class IdScreen implements Screen {
  readonly root = h("section", { class: "screen" });

  constructor(context: ScreenContext, id: string) {
    const body = h("div", {});
    this.root.append(h("h2", { tabindex: -1 }, say("find")), body);
    void loadInto(
      body,
      () => context.api.get<FoundIds>(pathOf`/ids?start=${id}`),
      (found) => {
        const routes = routesOf(found);
        const [only] = routes;
        if (only && routes.length === 1) location.replace(routeHash(only.route)); // Back skips this screen
        return [routes.length ? foundList(routes) : h("p", {}, say("find_nothing"))];
      },
    );
  }
}
