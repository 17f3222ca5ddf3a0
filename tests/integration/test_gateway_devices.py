"""Gateways issue device tokens for a proof, renew them for the same key, and refuse others."""

import base64
import json
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import aiohttp
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256K1, SECP384R1, generate_private_key

from bench.client.http import fetch_challenge, fetch_token, solve
from services.contract.challenges import LIFETIME, ChallengeSealer
from services.contract.devices import DeviceVouchers
from services.contract.ids import VisitorId
from services.contract.keys import parse_ring
from services.contract.passes import PassSealer

from ..device import BrowserDevice
from ..visitor import ManualVisitor, visitor
from .cluster import Cluster
from .meetings import WAYS, Way, does_not_meet, meet
from .test_gateway_bad_requests import MEGABYTE, is_problem

pytestmark = pytest.mark.asyncio(loop_scope="session")

Json = dict[str, Any]


def claims(token: str) -> Json:
    read: Json = jwt.decode(token, options={"verify_signature": False})
    return read


async def challenge(http: aiohttp.ClientSession, url: str) -> str:
    return str((await fetch_challenge(http, url))["challenge"])


async def is_refused(url: str, device: object, code: str, token: str = "", status: int = 403) -> None:
    """Check the answer to a proof of a device, with the work done, or to a whole request in bytes."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with aiohttp.ClientSession() as http:
        work = await solve(await fetch_challenge(http, url, headers))
        data = device if isinstance(device, bytes) else json.dumps({"device": device, **work}).encode()
        async with http.post(f"{url}/api/session", data=data, headers=headers) as answer:
            await is_problem(answer, status, code)


async def test_a_challenge_of_one_gateway_is_taken_by_another_and_the_token_by_all(cluster: Cluster) -> None:
    first, second = cluster.urls
    device, before = BrowserDevice(), int(time.time())
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{first}/api/challenge") as answer:
            assert answer.headers["Cache-Control"] == "no-store"
            given = await answer.json()
        assert given == {"challenge": given["challenge"], "expires_in": LIFETIME, "work": given["work"]}
        body = {"device": device.proof(given["challenge"]), **await solve(given)}
        async with http.post(f"{second}/api/session", json=body) as answer:
            assert answer.status == 201
            session = await answer.json()
    assert session.keys() == {"token", "expires_in", "device"}
    said = claims(session["token"])
    assert before <= said["device_since"] <= time.time()
    assert len(said["device"]) == 22
    async with visitor(first, session["token"]) as one:
        assert one.name == said["sub"]


async def test_without_a_proof_all_is_as_before(cluster: Cluster) -> None:
    url = cluster.urls[0]
    async with aiohttp.ClientSession() as http:
        work = await solve(await fetch_challenge(http, url))
        async with http.post(f"{url}/api/session", json=work) as answer:
            session = await answer.json()
    assert session.keys() == {"token", "expires_in"}
    assert claims(session["token"]).keys() == {"sub", "aud", "iat", "exp", "jti"}


async def test_the_easier_work_gives_no_token_without_the_proof_of_a_device(cluster: Cluster) -> None:
    url, device = cluster.urls[0], BrowserDevice()
    async with aiohttp.ClientSession() as http:
        for proves in (False, True):
            async with http.get(f"{url}/api/challenge", params={"device": "yes"}) as answer:
                asked = await answer.json()
            proof = {"device": device.proof(asked["challenge"])} if proves else {}
            async with http.post(f"{url}/api/session", json=proof | await solve(asked)) as answer:
                if proves:
                    assert answer.status == 201
                else:
                    await is_problem(answer, 403, "challenge_refused")


async def test_a_token_of_a_device_is_renewed_with_its_key_only(cluster: Cluster) -> None:
    first, second = cluster.urls
    device = BrowserDevice()
    session = await device.begin(first)
    renewed = await device.begin(second, session["token"])
    for claim in ("sub", "device", "device_since"):
        assert claims(renewed["token"])[claim] == claims(session["token"])[claim]
    token = session["token"]
    await is_refused(first, None, "proof_refused", token)
    async with aiohttp.ClientSession() as http:
        await is_refused(
            first, BrowserDevice().proof(await challenge(http, first), token), "proof_refused", token
        )
        await is_refused(first, device.proof(await challenge(http, first)), "proof_refused", token)


async def test_a_token_without_a_device_gets_one_and_stays_the_same_visitor(cluster: Cluster) -> None:
    url = cluster.urls[0]
    async with aiohttp.ClientSession() as http:
        plain = await fetch_token(http, url)
    session = await BrowserDevice().begin(url, plain)
    assert claims(session["token"])["sub"] == claims(plain)["sub"]
    await is_refused(url, None, "proof_refused", session["token"])


async def test_a_new_visitor_of_a_known_device_is_known_since_then(cluster: Cluster) -> None:
    first, second = cluster.urls
    device = BrowserDevice()
    session = await device.begin(first)
    since = claims(session["token"])["device_since"]
    while time.time() < since + 1.1:
        again = await device.begin(second, voucher=session["device"]["voucher"])
    assert claims(again["token"])["device_since"] == since
    assert claims(again["token"])["sub"] != claims(session["token"])["sub"]
    stolen = await BrowserDevice().begin(first, voucher=session["device"]["voucher"])
    assert claims(stolen["token"])["device_since"] > since
    lost = await device.begin(first, voucher="of before the keys were changed")
    assert claims(lost["token"])["device_since"] > since


def filed(cluster: Cluster, report: str) -> tuple[int, int]:
    """Return whether the reporter's device was proven, and its age in hours, from the database."""
    file = cluster.environment["ZUFALL_DATABASE"].partition("///")[2]
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        found = database.execute("SELECT proven, device_hours FROM reports WHERE id = ?", (report,))
        proven, hours = found.fetchone()
    return proven, hours


async def test_a_report_says_whether_and_for_how_long_the_reporters_device_is_known(cluster: Cluster) -> None:
    first, second = cluster.urls
    ring = parse_ring(cluster.environment["ZUFALL_PASS_KEYS"])
    vouching, device = (
        DeviceVouchers(parse_ring(cluster.environment["ZUFALL_TOKEN_KEYS"]), ring),
        BrowserDevice(),
    )
    voucher = vouching.issue_voucher(device.key, int(time.time()) - 30 * 3600 - 60)
    old = await device.begin(first, voucher=voucher)
    new = await BrowserDevice().begin(second)
    async with visitor(first, old["token"]) as one, visitor(second, new["token"]) as other:
        await meet(one, other)
        assert filed(cluster, await one.report("spam")) == (1, 30)
        assert filed(cluster, await other.report("spam")) == (1, 0)
    async with visitor(first) as one, visitor(second) as other:
        await meet(one, other)
        assert filed(cluster, await one.report("spam")) == (0, 0)


@WAYS
async def test_two_visitors_of_one_device_meet_others_and_never_each_other(
    cluster: Cluster, way: Way
) -> None:
    here, there = (cluster.urls[number] for number in way)
    device = BrowserDevice()
    tokens = [(await device.begin(url))["token"] for url in (here, there)]
    async with visitor(here, tokens[0]) as one, visitor(there, tokens[1]) as tab, visitor(there) as stranger:
        for each in (one, tab):
            await each.find()
        await does_not_meet(one)
        await stranger.find()
        await stranger.meet()
        first = one if named_in(cluster, stranger) == one.name else tab
        assert (await first.meet())["match"] == stranger.match.id


def named_in(cluster: Cluster, met: ManualVisitor) -> str:
    """Return the partner in a visitor's pass."""
    ring = parse_ring(cluster.environment["ZUFALL_PASS_KEYS"])
    return PassSealer(ring).open(met.match.sealed_pass, VisitorId(met.name), time.time()).partner


async def test_a_challenge_serves_once(cluster: Cluster) -> None:
    url = cluster.urls[0]
    device = BrowserDevice()
    async with aiohttp.ClientSession() as http:
        asked = await fetch_challenge(http, url)
        proof = device.proof(asked["challenge"])
        async with http.post(f"{url}/api/session", json={"device": proof, **await solve(asked)}) as answer:
            assert answer.status == 201
        await is_refused(url, proof, "challenge_refused")
        again = device.proof(proof["challenge"] + "!")  # other letters for the same bytes
        await is_refused(url, again, "challenge_refused")


async def test_an_old_challenge_and_one_of_another_installation_are_refused(cluster: Cluster) -> None:
    ring = parse_ring(cluster.environment["ZUFALL_PASS_KEYS"])
    old = ChallengeSealer(ring).issue(time.time() - LIFETIME - 1)
    await is_refused(cluster.urls[0], BrowserDevice().proof(old), "challenge_refused")
    foreign = ChallengeSealer(parse_ring("A" * 43)).issue(time.time())
    await is_refused(cluster.urls[0], BrowserDevice().proof(foreign), "challenge_refused")
    await is_refused(cluster.urls[0], BrowserDevice().proof("anything"), "challenge_refused")


def changed(**fields: Any) -> Callable[[str], object]:
    return lambda challenge: BrowserDevice().proof(challenge) | fields


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


BAD: dict[str, tuple[Callable[[str], object], int, str]] = {
    "another key's signature": (changed(key=encoded(BrowserDevice().key)), 403, "proof_refused"),
    "a signature of zeros": (changed(signature=encoded(bytes(64))), 403, "proof_refused"),
    "a signature of ones": (changed(signature=encoded(b"\xff" * 64)), 403, "proof_refused"),
    "another text": (lambda one: BrowserDevice().proof("x") | {"challenge": one}, 403, "proof_refused"),
    "a key of another curve of this length": (
        lambda one: BrowserDevice(generate_private_key(SECP256K1())).proof(one), 403, "proof_refused",
    ),
    "a key of a larger curve": (
        lambda one: BrowserDevice(generate_private_key(SECP384R1())).proof(one), 400, "invalid_request",
    ),
    "a key that is no point": (changed(key=encoded(b"\x04" + bytes(64))), 403, "proof_refused"),
    "a key of zeros": (changed(key=encoded(bytes(65))), 403, "proof_refused"),
    "no base64": (changed(key="§"), 400, "invalid_request"),
    "half a signature": (changed(signature=encoded(bytes(32))), 400, "invalid_request"),
    "a JWK": (changed(key={"kty": "EC", "crv": "P-256"}), 400, "invalid_request"),
    "an unknown field": (changed(name="mine"), 400, "invalid_request"),
    "no challenge": (changed(challenge=""), 400, "invalid_request"),
    "a number": (lambda one: 7, 400, "invalid_request"),
    "a lone surrogate": (lambda one: b'{"device":"\\ud800"}', 400, "invalid_request"),
    "a long voucher": (changed(voucher="x" * 4096), 413, "too_large"),
    "a megabyte": (lambda one: b" " * MEGABYTE, 413, "too_large"),
}  # fmt: skip


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
async def test_a_bad_proof_is_a_problem(
    cluster: Cluster, bad: tuple[Callable[[str], object], int, str]
) -> None:
    spoil, status, code = bad
    url = cluster.urls[1]
    async with aiohttp.ClientSession() as http:
        body = spoil(await challenge(http, url))
    await is_refused(url, body, code, status=status)
    assert (await BrowserDevice().begin(url))["token"]


@WAYS
async def test_a_block_holds_for_new_tabs_of_both_browsers(cluster: Cluster, way: Way) -> None:
    here, there = (cluster.urls[number] for number in way)
    mine, theirs = BrowserDevice(), BrowserDevice()
    my_tokens = [(await mine.begin(here))["token"] for _ in range(2)]
    their_tokens = [(await theirs.begin(there))["token"] for _ in range(2)]
    async with visitor(there, their_tokens[0]) as blocked, visitor(there, their_tokens[1]) as their_tab:
        async with visitor(here, my_tokens[0]) as blocker:
            await meet(blocker, blocked)
            await blocker.say("block", **{"pass": blocker.match.sealed_pass})
            assert (await blocker.hear("memory"))["blocked"] == blocker.match.id
            await their_tab.find()
            await does_not_meet(blocker)
        async with visitor(here, my_tokens[1], memory=blocker.memory) as my_tab:
            assert my_tab.name != blocker.name
            await blocked.find()
            await my_tab.find()
            await does_not_meet(my_tab)
            async with visitor(here) as stranger:
                await stranger.find()
                await stranger.meet()
