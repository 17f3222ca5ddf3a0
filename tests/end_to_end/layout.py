"""Checks of the layout: at no size may a page scroll sideways, cut texts off or let elements overlap."""

import re
from pathlib import Path

from playwright.async_api import Page

from .web_driver import AnyPage

_LOCALES = [path.read_text() for path in (Path(__file__).parents[2] / "web/src/language/locales").iterdir()]
_NEXT = [word for texts in _LOCALES for word in re.findall(r'^  next: "(.*)"', texts, re.MULTILINE)]
"""The label of the button Next, in each language."""
_CROWDED = """words => {
    const next = document.querySelector("#next"), label = next.querySelector("span");
    const buttons = [...document.querySelectorAll(".room button")];
    const others = buttons.filter(one => one !== next && one.checkVisibility());
    const overlap = (one, other) => one.left < other.right - 1 && other.left < one.right - 1 &&
        one.top < other.bottom - 1 && other.top < one.bottom - 1;
    const own = label.textContent;
    const crowded = words.filter(word => {
        label.textContent = word;
        const box = next.getBoundingClientRect();
        return box.width > 0 && others.some(other => overlap(box, other.getBoundingClientRect()));
    });
    label.textContent = own;
    return crowded;
}"""
_SPACING = """
* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
p { margin-bottom: 2em !important; }
"""
_SPACE = """spacing => {
    const sheet = new CSSStyleSheet(); // the page's policy allows no style element
    sheet.replaceSync(spacing);
    document.adoptedStyleSheets = [sheet];
}"""
_LOST = """() => {
    const lost = [];
    const isText = (node) => node.nodeType === 3 && node.textContent.trim();
    const { clientWidth: width, scrollWidth } = document.documentElement;
    if (scrollWidth > width) lost.push(`sideways: ${scrollWidth}`);
    // What opens over the rest hides some of it by design.
    const open = [...document.querySelectorAll("dialog[open], .reactions:not([hidden])")].at(-1);
    const tops = open ? [open] : [document.body];
    for (const top of tops) for (const element of top.querySelectorAll("*")) look(element);
    return lost;

    function look(element) {
        const own = [...element.childNodes].some(isText);
        const control = element.matches("button, input, select, textarea, a");
        if (!own && !control) return;
        if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: false })) return;
        if (element.closest(".unseen, option, .toasts, [aria-hidden=true]")) return;
        const name = (element.id || element.dataset.text || element.className) + ": " +
            (element.textContent.trim() || element.tagName).slice(0, 40);
        // What is for the ear only takes one pixel.
        if (element.getBoundingClientRect().width <= 1.5) return;
        element.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
        // What nobody can scroll by hand was scrolled now, too.
        for (let over = element.parentElement; over; over = over.parentElement)
            if (["hidden", "clip"].includes(getComputedStyle(over).overflowY)) over.scrollTo(0, 0);
        const box = boxOf(element, own);
        if (box.left < -1 || box.right > width + 1) lost.push(`beside the page: ${name}`);
        for (let over = element; over; over = over.parentElement) {
            const style = getComputedStyle(over), frame = over.getBoundingClientRect();
            if (style.textOverflow === "ellipsis") return;
            if (style.overflowX !== "visible" && (box.left < frame.left - 1 || box.right > frame.right + 1))
                return lost.push(`cut off beside: ${name}`);
            const outside = box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
            if (["hidden", "clip"].includes(style.overflowY) && outside)
                return lost.push(`cut off: ${name}`);
            const middle = (box.top + box.bottom) / 2;
            if (over !== document.documentElement && over !== document.body &&
                ["auto", "scroll"].includes(style.overflowY) && (middle < frame.top || middle > frame.bottom))
                return lost.push(`scrolled out of sight: ${name}`);
        }
        const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
        if (y < 0 || y > innerHeight) return lost.push(`out of reach: ${name}`);
        const above = document.elementFromPoint(x, y);
        const whole = element.closest("label, button") ?? element;
        if (above && !whole.contains(above) && !above.contains(whole)) {
            const what = above.id || above.className.baseVal || above.className || above.tagName;
            lost.push(`behind ${what}: ${name}`);
        }
    }

    function boxOf(element, own) {
        if (!own || element.matches("button, select")) return element.getBoundingClientRect();
        const texts = [...element.childNodes].filter(isText);
        const range = document.createRange();
        range.setStartBefore(texts[0]);
        range.setEndAfter(texts.at(-1));
        return range.getBoundingClientRect();
    }
}"""


async def lost_at(page: AnyPage, width: int, height: int) -> list[str]:
    """List what cannot be read or reached in a window of this size."""
    await page.set_viewport_size({"width": width, "height": height})
    return [f"{width}x{height} {what}" for what in await page.evaluate(_LOST)]


async def lost_when_spaced(page: Page, width: int, height: int) -> list[str]:
    """List what cannot be read or reached with the text spacing that WCAG 1.4.12 lets a reader set."""
    await page.evaluate(_SPACE, _SPACING)
    try:
        return [f"spaced {what}" for what in await lost_at(page, width, height)]
    finally:
        await page.evaluate("document.adoptedStyleSheets = []")


async def crowded_at(page: Page, *widths: int) -> list[str]:
    """List the labels of Next that overlap another button in windows of these widths."""
    assert len(_NEXT) > 1
    crowded: list[str] = []
    for width in widths:
        await page.set_viewport_size({"width": width, "height": 700})
        crowded += [f"{word} at {width}" for word in await page.evaluate(_CROWDED, _NEXT)]
    return crowded
