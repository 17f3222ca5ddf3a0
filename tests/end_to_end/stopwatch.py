"""Times a page: when `matched` came, the connection was there, a picture was shown, and it was clear."""

from .visitor import Visitor

STOPWATCH = """
    const marks = {};
    window.stopwatch = marks;
    const mark = name => { marks[name] ??= performance.now(); };
    window.WebSocket = class extends WebSocket {
        constructor(...how) {
            super(...how);
            window.lastSocket = this;
            this.addEventListener("message", ({ data }) => {
                const type = JSON.parse(data).type;
                if (type === "matched") for (const name of Object.keys(marks)) delete marks[name];
                if (type !== "matched" && type !== "description") return;
                mark(type);
                if (type === "matched") watch();
            });
        }
        send(data) {
            const { type } = JSON.parse(data);
            if (type === "description") mark("said");
            super.send(data);
        }
    };
    window.RTCPeerConnection = class extends RTCPeerConnection {
        constructor(...how) {
            super(...how);
            this.addEventListener("connectionstatechange", () => {
                if (this.connectionState === "connected") mark("connected");
            });
        }
    };
    const watch = () => {
        document.querySelector("#remote").requestVideoFrameCallback(() => mark("picture"));
        const stage = document.querySelector("#stage");
        new MutationObserver(() => stage.dataset.shows === "clear" && mark("clear"))
            .observe(stage, { attributeFilter: ["data-shows"] });
    };
"""

_TIMES = """() => {
    const { matched, said, description, connected, picture } = window.stopwatch;
    if (!connected || !picture) return null;
    const times = { said, heard: description, connected, picture };
    return Object.fromEntries(Object.entries(times).map(([name, time]) => [name, time - matched]));
}"""
_TIME_TO_CLEAR = """() => {
    const { matched, clear } = window.stopwatch;
    return matched && clear ? clear - matched : null;
}"""
_CLOSE = """() => new Promise(done => {
    if (lastSocket.readyState === WebSocket.CLOSED) done(); // no other event would come
    lastSocket.addEventListener("close", done);
    lastSocket.close();
})"""


async def time_of_meeting(person: Visitor) -> dict[str, float]:
    """Return the milliseconds from `matched` to each later step."""
    handle = await person.page.wait_for_function(_TIMES)
    times: dict[str, float] = await handle.json_value()
    return times


async def time_to_clear(person: Visitor) -> float:
    """Return the milliseconds from `matched` to a clear picture of the stranger."""
    handle = await person.page.wait_for_function(_TIME_TO_CLEAR)
    return float(await handle.json_value())


async def become_somebody_else(person: Visitor) -> None:
    """Make the next hello that of a new visitor, without a reload of the page."""
    await person.press("Stop")
    await person.until("idle")
    await person.page.evaluate("sessionStorage.removeItem('zufall.token')")
    await person.page.evaluate(_CLOSE)
