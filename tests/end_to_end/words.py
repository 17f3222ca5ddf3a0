"""Shows the page in a made-up language, so that any English left on it is hard-coded."""

import re

from playwright.async_api import Page, Route

_FROM = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_TO = "àƀçđéƒĝĥíĵķļɱñöþɋŕšţûṽŵẋýžÀßÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽ"
_PSEUDO = """
import * as real from "%(address)s?real";
const [from, to] = [%(letters)r, %(strange)r];
const strange = (text) => text.split(/(\\{\\w+\\})/).map((part, place) => place %% 2 ? part :
    [...part].map((letter) => to[from.indexOf(letter)] ?? letter).join("")).join("");
// A third longer, as German is, without another word that could wrap.
const longer = (text) => strange(text) + "·".repeat(Math.min(12, Math.ceil(text.length / 3)));
const each = (texts) => Array.isArray(texts) ? texts.map(longer) :
    Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, longer(text)]));
export const %(exported)s = each(real.%(exported)s);
"""
_SAID = """() => {
    const said = [];
    const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: false });
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const outside = ["SCRIPT", "STYLE", "NOSCRIPT"].includes(node.parentElement.tagName);
        if (!outside && shown(node.parentElement)) said.push(node.textContent);
    }
    for (const element of document.querySelectorAll("*")) {
        if (!shown(element)) continue;
        if (element.matches("select")) said.push(element.selectedOptions[0]?.text ?? "");
        for (const name of ["aria-label", "aria-description", "title", "placeholder", "alt"])
            if (element.hasAttribute(name)) said.push(element.getAttribute(name));
    }
    return [document.title, ...said].map((text) => text.trim()).filter(Boolean);
}"""


async def speak_strangely(page: Page) -> None:
    """Show each English text in letters that no language of the page has, from the next load on."""

    async def answer(route: Route) -> None:
        address = route.request.url
        part = re.search(r"(\w+)\.en-", address)  # a part that is loaded later has its own texts
        exported = part[1] if part else "en"
        body = _PSEUDO % {"address": address, "letters": _FROM, "strange": _TO, "exported": exported}
        await route.fulfill(body=body, content_type="text/javascript")

    await page.route(re.compile(r"/assets/((words|cards)\.)?en-[\w-]+\.js$"), answer)


async def plain_words(page: Page, allowed: set[str]) -> list[str]:
    """List the visible and accessible texts with words in Latin letters other than the `allowed` ones."""
    said: list[str] = await page.evaluate(_SAID)
    return [text for text in said if set(re.findall(r"[A-Za-z]{2,}", text)) - allowed]
