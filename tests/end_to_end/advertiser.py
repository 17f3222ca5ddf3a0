"""An advertiser's server. Its page tries what a frame must not do, and sends it the results."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

_PAGE = """<!doctype html><title>Advertisement</title>
<p id="offer">Rolls</p>
<script type="module">
const told = { referrer: document.referrer, origin: origin };
const attempt = async (name, what) => {
    try { told[name] = String(await what()); } catch (error) { told[name] = error.name; }
};
await attempt("page", () => parent.document.title);
await attempt("storage", () => localStorage.length);
await attempt("camera", () => navigator.mediaDevices.getUserMedia({ video: true }));
await attempt("microphone", () => navigator.mediaDevices.getUserMedia({ audio: true }));
await attempt("away", () => { top.location.href = "about:blank#stolen"; });
await attempt("window", () => window.open("about:blank"));
await fetch("/told", { method: "POST", mode: "no-cors", body: JSON.stringify(told) });
parent.postMessage("zufall:advertisement", "*");
</script>
"""
_GREEDY = """<!doctype html><title>Advertisement</title><input>
<script>
parent.postMessage("zufall:advertisement", "*");
setTimeout(() => document.querySelector("input").focus(), 200);
</script>
"""


class Advertiser:
    """Serves the page, counts its requests and keeps what its scripts found out."""

    def __init__(self) -> None:
        self.begin()
        advertiser = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                advertiser.asked += 1
                page = _GREEDY if advertiser.greedy else _PAGE
                body = b"out of order" if advertiser.broken else page.encode()
                self.send_response(500 if advertiser.broken else 200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                advertiser.told.append(json.loads(body))
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *arguments: object) -> None:
                """Log no request, because the test itself reports what is wrong."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def begin(self) -> None:
        """Forget all requests and reports of scripts."""
        self.asked = 0
        self.told: list[dict[str, str]] = []
        self.broken = False
        """True when it answers with an error and a page that says so."""
        self.greedy = False
        """True when its page takes the keyboard's focus."""

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"


@contextmanager
def advertiser() -> Iterator[Advertiser]:
    """Run an advertiser until the end of the block."""
    running = Advertiser()
    thread = Thread(target=running.server.serve_forever)
    thread.start()
    try:
        yield running
    finally:
        running.server.shutdown()
        thread.join()
        running.server.server_close()
