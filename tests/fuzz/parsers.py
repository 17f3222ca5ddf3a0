"""Every parser of bytes that come from outside or from another service, and how it may refuse them.

A parser that raises anything else fails, and so does one of the checks inside the functions here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from google.protobuf.message import DecodeError

from protos import matcher_pb2, reports_pb2
from services.contract import addresses, errors
from services.contract.appeal_tokens import AppealTokens
from services.contract.challenges import ChallengeSealer
from services.contract.devices import DeviceVouchers
from services.contract.gateway_messages import unpack
from services.contract.ids import DecisionId, VisitorId
from services.contract.keys import Key
from services.contract.memory import MemorySealer, unpack_keys, unpack_partners
from services.contract.passes import PassSealer
from services.contract.presence import unpack_heartbeat, unpack_history_reply
from services.contract.rate_limit import UNLIMITED
from services.contract.tokens import TokenSigner
from services.contract.toml_table import InvalidToml
from services.matcher.shell import proto_mapping as matcher_mapping
from services.reports.core.actor import Actor
from services.reports.core.policy import parse_policy
from services.reports.core.roles import Role
from services.reports.core.statement_parsing import parse_statements
from services.reports.shell import proto_mapping as reports_mapping
from services.reports.shell.console import account_views, request_validation, views
from services.reports.shell.console.http import parse_json
from services.reports.shell.evidence.http_picture_matcher import parse_answer
from services.runtime.client_address import network
from services.signaling.core.effects import CountDropped
from services.signaling.core.messages import Find, ToPartner, encode, parse, parse_hello
from services.signaling.core.signal_filter import SignalFilter
from services.signaling.core.wishes import display_form, normalize
from services.signaling.shell.appeal_request import parse_appeal_request
from services.signaling.shell.device_proof import DeviceProofVerifier, ReplayCache
from services.signaling.shell.report_outcomes import parse_outcomes_request
from services.signaling.shell.report_request import parse_report_request
from services.signaling.shell.token_issuer import parse_token_request

from ..statements import STATEMENTS
from .websocket_streams import compare

WALL = 1_767_225_600.0
"""The clock of every parser, in Unix seconds."""
KEY = Key(b"fuzz", bytes(range(32)))
VISITOR = VisitorId("AAAAAAAAAAAAAAAAAAAAAA")
PROVER = DeviceProofVerifier(DeviceVouchers([KEY], [KEY]), ChallengeSealer([KEY]), ReplayCache(1_000_000))
CONSOLE_REQUESTS = (
    account_views.LoginRequest,
    account_views.InvitationRequest,
    account_views.AcceptInvitationRequest,
    views.UndoRequest,
    views.HoldRequest,
    views.ReplayRequest,
    account_views.InviteRequest,
    account_views.AccountChangeRequest,
)


@dataclass(frozen=True, slots=True)
class Parser:
    """A parser, and the errors with which it refuses bytes. Its samples are in `corpus/<name>`."""

    name: str
    parse: Callable[[bytes], object]
    refusals: tuple[type[Exception], ...] = (errors.ZufallError,)

    def accepts(self, data: bytes) -> bool:
        """Return whether the parser accepts `data`. Anything but a refusal is raised."""
        try:
            self.parse(data)
        except self.refusals:
            return False
        return True


def _text(data: bytes) -> str:
    """Return a text as JSON may contain it."""
    return data.decode(errors="replace")


def _message(frame: bytes) -> None:
    message = parse(frame)
    assert parse(encode(message)) == message


def _wish(frame: bytes) -> None:
    message = parse(frame)
    if isinstance(message, Find):
        wish = normalize(message)
        assert len(wish.interests) == len(set(wish.interests)) == len(wish.typed)
        assert all(display_form(typed) is not None for typed in wish.typed)


def _signal(frame: bytes) -> None:
    """What passes the filter of a policy passes the partner's parser, and is the same message."""
    message = parse(frame)
    if isinstance(message, ToPartner):
        for policy in ("relay", "public", "all"):
            passing = SignalFilter(policy, 32, UNLIMITED).filter(message, frame, 0.0)
            if not isinstance(passing, CountDropped):
                assert type(parse(passing)) is type(message)


def _pass(sealed: bytes) -> None:
    PassSealer([KEY]).open(_text(sealed), VISITOR, WALL)


def _memory(sealed: bytes) -> None:
    content = MemorySealer([KEY]).open(_text(sealed), VISITOR, WALL)
    unpack_partners(content.partners)
    unpack_keys(content.blocked)


def _packed_keys(packed: bytes) -> None:
    unpack_partners(packed)
    unpack_keys(packed)


def _proof(body: bytes) -> None:
    PROVER.verify(parse_token_request(body).device, "", None, WALL, 0.0)


def _offer(data: bytes) -> None:
    batch = matcher_pb2.GatewayBatch.FromString(data)
    gateway = matcher_mapping.gateway_id(batch.gateway)
    for offer in batch.offers:
        ticket = matcher_mapping.ticket(offer, gateway, 0.0)
        matcher_mapping.spellings(offer, ticket)


def _filing(data: bytes) -> None:
    request = reports_pb2.FileRequest.FromString(data)
    reports_mapping.parse_reason(request.reason)
    reports_mapping.parse_flag(request)
    reports_mapping.parse_frames(request)
    reports_mapping.parse_network(request)
    reports_mapping.parse_device_hours(request)
    reports_mapping.sealed_pass(request)
    texts = (
        reports_mapping.parse_note(request),
        *(line.text for line in reports_mapping.parse_chat(request, lambda *_: True)),
    )
    assert not any("\0" in text for text in texts)


def _decision(data: bytes) -> None:
    reports_mapping.new_decision(
        reports_pb2.DecideRequest.FromString(data), DecisionId("d"), int(WALL), STATEMENTS
    )


def _console_decision(body: bytes) -> None:
    request = parse_json(body, views.DecisionRequest)
    request_validation.parse_decision(
        request, DecisionId("d"), Actor("ann", Role.SENIOR, int(WALL)), STATEMENTS
    )


def _console_request(body: bytes) -> None:
    """The first byte chooses the kind of request."""
    kind = CONSOLE_REQUESTS[body[0] % len(CONSOLE_REQUESTS)] if body else CONSOLE_REQUESTS[0]
    request = parse_json(body[1:], kind)
    if isinstance(request, account_views.InviteRequest):
        request_validation.parse_account_name(request.name)
        request_validation.parse_role(request.role)


def _console_answer(body: bytes) -> None:
    request = parse_json(body, views.AppealAnswerRequest)
    request_validation.parse_appeal_answer(DecisionId("d"), request, Actor("ann", Role.SENIOR, int(WALL)))


def _address(data: bytes) -> None:
    text = _text(data)
    network(text)
    addresses.parse_ip(text)
    addresses.split_host_port(text)


def _standings(data: bytes) -> None:
    reports_pb2.StandingsBatch.FromString(data)


PARSERS: tuple[Parser, ...] = (
    Parser("websocket", compare, ()),
    Parser("message", _message, (ValueError,)),
    Parser("hello", parse_hello, (ValueError,)),
    Parser("wish", _wish, (ValueError,)),
    Parser("signal", _signal, (ValueError, errors.DescriptionRefused)),
    Parser("token", lambda data: TokenSigner([KEY]).verify(_text(data), 0.0), (errors.TokenRefused,)),
    Parser("pass", _pass, (errors.PassRefused,)),
    Parser("memory", _memory, (errors.MemoryRefused,)),
    Parser("packed_keys", _packed_keys, (ValueError,)),
    Parser("token_request", _proof),
    Parser("report_request", parse_report_request, (errors.InvalidRequest,)),
    Parser("appeal_request", parse_appeal_request, (errors.InvalidRequest,)),
    Parser("address", _address, (ValueError,)),
    Parser("gateway_messages", unpack, (ValueError,)),
    Parser("heartbeat", unpack_heartbeat, (ValueError,)),
    Parser("history_reply", unpack_history_reply, (ValueError,)),
    Parser("offers", _offer, (DecodeError, errors.InvalidRequest)),
    Parser("standings", _standings, (DecodeError,)),
    Parser("filing", _filing, (DecodeError, errors.InvalidRequest, errors.PassRefused)),
    Parser("decision", _decision, (DecodeError, errors.InvalidRequest)),
    Parser("appeal_token", lambda data: AppealTokens([KEY]).open(_text(data)),
           (errors.PassRefused,)),
    Parser("console_decision", _console_decision),
    Parser("console_request", _console_request),
    Parser("console_answer", _console_answer),
    Parser("picture_matcher", parse_answer, (errors.Unavailable,)),
    Parser("policy", lambda data: parse_policy(_text(data)), (InvalidToml,)),
    Parser("statements", lambda data: parse_statements(_text(data)), (InvalidToml,)),
    Parser("outcomes_request", parse_outcomes_request),
)  # fmt: skip
