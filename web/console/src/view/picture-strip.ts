// Shows the pictures of a case in their own shape, hidden as the moderator chose. A press opens the viewer.

import { h, setAttributes } from "../dom";
import { columnsFor, type Veil } from "../picture-viewing";
import { count, say } from "../words";
import { knownMark } from "./known-picture";
import type { CasePicture, PictureSet } from "./picture-set";

interface Tile {
  item: HTMLElement;
  button: HTMLButtonElement;
  address: string | undefined;
}

export class PictureStrip {
  readonly root = h("section", { class: "case-pictures", "aria-label": say("pictures"), hidden: true });
  private readonly heading = h("h3", {});
  private readonly list = h("ol", { class: "pictures", "aria-label": say("pictures") });
  private tiles: Tile[] = [];

  constructor(
    private readonly set: PictureSet,
    private readonly veil: () => Veil,
    private readonly open: (place: number) => void,
  ) {
    const hint = set.allowed ? say("pictures_hint") : say("picture_forbidden");
    this.root.append(this.heading, this.list, h("p", { class: "quiet" }, `${say("picture_claim")} ${hint}`));
    set.onChange(() => this.update());
  }

  focus(place: number): void {
    this.tiles[place]?.button.focus({ preventScroll: true });
    this.tiles[place]?.item.scrollIntoView({ block: "nearest" });
  }

  private update(): void {
    const { pictures } = this.set;
    this.root.hidden = pictures.length === 0;
    this.heading.replaceChildren(count("picture", pictures.length), h("kbd", { "aria-hidden": "true" }, "v"));
    showVeil(this.root, this.veil());
    this.list.dataset.columns = String(columnsFor(pictures.map(({ frame }) => frame)));
    while (this.tiles.length < pictures.length) this.addTile(this.tiles.length);
    for (const { item } of this.tiles.splice(pictures.length)) item.remove();
    for (const [place, tile] of this.tiles.entries()) this.updateTile(tile, place);
  }

  private addTile(place: number): void {
    const pressed = h("button", { type: "button", class: "picture" });
    pressed.disabled = !this.set.allowed;
    pressed.onclick = () => this.open(place);
    const item = h("li", {}, pressed);
    this.tiles.push({ item, button: pressed, address: undefined });
    this.list.append(item);
  }

  private updateTile(tile: Tile, place: number): void {
    const picture = this.set.pictures[place];
    if (!picture) return;
    const { frame, state, address } = picture;
    tile.button.style.aspectRatio = `${frame.width} / ${frame.height}`;
    setAttributes(tile.button, {
      "data-state": state,
      "aria-label": this.label(picture, place),
    });
    if (state === "seen" && tile.address === address && address) return;
    tile.address = address;
    const inside = address
      ? h("img", { class: "veiled", src: address, alt: "" })
      : h("span", { "aria-hidden": "true" }, state === "loading" ? say("loading") : String(place + 1));
    tile.button.replaceChildren(inside, ...(frame.known ? [knownMark(frame.known)] : []));
  }

  private label({ state, frame }: CasePicture, place: number): string {
    const values = {
      number: place + 1,
      count: this.set.pictures.length,
      width: frame.width,
      height: frame.height,
    };
    return say(state === "seen" ? "picture_seen" : "picture_unseen", values);
  }
}

/** Hides the pictures within `root` as `veil` says. */
export function showVeil(root: HTMLElement, { blur, grey }: Veil): void {
  setAttributes(root, { "data-blur": blur, "data-grey": String(grey) });
}
