// What stands below the words of a search for somebody whom the visitor knows: the link, and the way to strangers.

import type { PageTranslator } from "../language/texts";
import { button, byId } from "../view/dom";
import { toast } from "../view/notifications";
import type { MeetTexts } from "./texts";

export class SceneLinks {
  private readonly place = document.createElement("div");
  private readonly link = document.createElement("input");
  private readonly share: HTMLButtonElement;
  private readonly copy: HTMLButtonElement;

  constructor(
    private readonly translator: PageTranslator,
    texts: MeetTexts,
    strangers: () => void,
  ) {
    this.place.className = "meet-links";
    this.link.readOnly = true;
    this.link.dir = "ltr";
    this.link.setAttribute("aria-label", texts.link);
    this.link.onfocus = () => this.link.select();
    this.share = button(texts.share, () => void this.shareLink());
    this.copy = button(texts.copy, () => void this.copyLink());
    this.place.append(this.link, this.share, this.copy, button(texts.strangers, strangers));
  }

  /** `link` is that of my invitation, if this is the search for its guests. */
  render(searches: boolean, link: string | undefined): void {
    if (this.link.value !== (link ?? "")) this.link.value = link ?? "";
    this.link.hidden = !link;
    this.share.hidden = !link || !("share" in navigator);
    this.copy.hidden = !link || navigator.clipboard === undefined;
    if (!searches && this.place.contains(document.activeElement)) byId("scene-title").focus();
    if (searches !== this.place.isConnected)
      searches ? byId("scene").append(this.place) : this.place.remove();
  }

  private async shareLink(): Promise<void> {
    try {
      await navigator.share({ title: this.translator.site, url: this.link.value });
    } catch (error) {
      console.info("The link was not shared:", (error as Error).name); // or the visitor closed the sheet
    }
  }

  private async copyLink(): Promise<void> {
    const { text } = this.translator;
    try {
      await navigator.clipboard.writeText(this.link.value);
      toast(text("copied"));
    } catch (error) {
      console.info("The browser does not copy:", (error as Error).name);
      toast(text("copy_failed"));
    }
  }
}
