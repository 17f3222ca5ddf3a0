"""One example of every frame for the reference page. They are real messages, so they cannot go stale."""

from services.signaling.core import messages as m

from .version_files import VERSION

MATCH = "0b9f6c1e4a7d2385"
PASS = "k1.Zm9yIHRoZSBkb2N1bWVudGF0aW9u"  # noqa: S105 - an example, sealed by nobody
TOKEN = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ2In0.c2lnbmF0dXJl"  # noqa: S105 - an example, signed by nobody
SDP = "v=0\r\no=- 46117317 2 IN IP4 127.0.0.1\r\n…"
MEMORY = "k1.d2hvbSBJIG1ldA"
ICE = m.Ice(
    servers=[
        m.IceServer(
            urls=["turn:turn.example:3478"],
            username="1767225720:fc9e1b4be13a81eac7f699c4",
            credential="c2VjcmV0",
        )
    ],
    policy="relay",
    expires_in=120,
)

EXAMPLES: list[m.FromBrowser | m.ToBrowser] = [
    m.Hello(token=TOKEN, epoch=1767225600123, version=VERSION, memory=MEMORY, pass_=PASS, locale="de"),
    m.Find(mode="video", interests=["music", "hiking"], languages=["de", "en"], strict_language=True),
    m.Next(match=MATCH),
    m.Stop(),
    m.Rewind(match=MATCH),
    m.Block(pass_=PASS),
    m.CallConnected(match=MATCH, relay=True),
    m.Description(match=MATCH, description=m.SessionDescription(type="offer", sdp=SDP)),
    m.Candidates(
        match=MATCH,
        candidates=[
            m.Candidate(
                candidate="candidate:1 1 udp 2113937151 192.0.2.7 50000 typ host",
                sdp_mid="0",
                sdp_m_line_index=0,
                username_fragment="Zk3u",
            )
        ],
    ),
    m.Chat(match=MATCH, n=3, text="Hi! Where are you?", id="7h2k"),
    m.Received(match=MATCH, n=3),
    m.Typing(match=MATCH),
    m.Reveal(match=MATCH, n=4),
    m.WantedMode(match=MATCH, mode="audio"),
    m.Welcome(
        visitor="pQ2mXc8vTzK1r0aYwJdN5g",
        gateway="g-8081",
        memory=MEMORY,
        ice=m.IceRules(policy="relay"),
        resumed=m.Resumed(match=MATCH, polite=True, pass_=PASS, partner_here=True, ice=ICE),
        counts_calls=True,
        relays_modes=True,
    ),
    m.Searching(waiting=12, stage=1, widens_in=3.5, hint="languages:cy"),
    m.Matched(
        match=MATCH,
        polite=True,
        pass_=PASS,
        memory=MEMORY,
        partner=m.Partner(languages=["de"], shared_interests=["music"], country="AT"),
        ice=ICE,
    ),
    m.Memory(memory=MEMORY, blocked=MATCH),
    m.FreshPass(match=MATCH, pass_=PASS),
    m.PartnerAway(match=MATCH, grace=15),
    m.PartnerBack(match=MATCH, pass_=PASS),
    m.Ended(match=MATCH, reason="next"),
    m.RewindOffer(match=MATCH, expires_in=20),
    m.Error(code="too_fast", message="you write faster than anyone reads", retry_after=2),
    m.Banned(
        rule="nudity",
        automated=False,
        decision="d-1042",
        appeal=PASS,
        until="2026-01-01T12:00:00Z",
        reason="You were seen undressed.",
        evidence=["reports", "pictures"],
    ),
]
