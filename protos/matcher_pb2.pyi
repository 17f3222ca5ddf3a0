from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Mode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MODE_UNSPECIFIED: _ClassVar[Mode]
    MODE_VIDEO: _ClassVar[Mode]
    MODE_AUDIO: _ClassVar[Mode]
    MODE_TEXT: _ClassVar[Mode]

class Audience(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AUDIENCE_EVERYONE: _ClassVar[Audience]
    AUDIENCE_RESTRICTED: _ClassVar[Audience]
    AUDIENCE_EVERYONE_IN_ROOM: _ClassVar[Audience]
    AUDIENCE_RESTRICTED_IN_ROOM: _ClassVar[Audience]
MODE_UNSPECIFIED: Mode
MODE_VIDEO: Mode
MODE_AUDIO: Mode
MODE_TEXT: Mode
AUDIENCE_EVERYONE: Audience
AUDIENCE_RESTRICTED: Audience
AUDIENCE_EVERYONE_IN_ROOM: Audience
AUDIENCE_RESTRICTED_IN_ROOM: Audience

class GatewayBatch(_message.Message):
    __slots__ = ("gateway", "offers", "withdrawals", "region")
    GATEWAY_FIELD_NUMBER: _ClassVar[int]
    OFFERS_FIELD_NUMBER: _ClassVar[int]
    WITHDRAWALS_FIELD_NUMBER: _ClassVar[int]
    REGION_FIELD_NUMBER: _ClassVar[int]
    gateway: str
    offers: _containers.RepeatedCompositeFieldContainer[Offer]
    withdrawals: _containers.RepeatedScalarFieldContainer[int]
    region: str
    def __init__(self, gateway: _Optional[str] = ..., offers: _Optional[_Iterable[_Union[Offer, _Mapping]]] = ..., withdrawals: _Optional[_Iterable[int]] = ..., region: _Optional[str] = ...) -> None: ...

class Offer(_message.Message):
    __slots__ = ("ticket", "visitor", "age_ms", "mode", "audience", "interests", "languages", "strict_language", "country", "avoid_countries", "blocked", "partners", "parted_ms_ago", "attempt", "nearby", "lane", "lanes", "device", "epoch", "spellings", "network", "deferred", "tabs_meet", "trace", "room", "guest")
    TICKET_FIELD_NUMBER: _ClassVar[int]
    VISITOR_FIELD_NUMBER: _ClassVar[int]
    AGE_MS_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    AUDIENCE_FIELD_NUMBER: _ClassVar[int]
    INTERESTS_FIELD_NUMBER: _ClassVar[int]
    LANGUAGES_FIELD_NUMBER: _ClassVar[int]
    STRICT_LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    AVOID_COUNTRIES_FIELD_NUMBER: _ClassVar[int]
    BLOCKED_FIELD_NUMBER: _ClassVar[int]
    PARTNERS_FIELD_NUMBER: _ClassVar[int]
    PARTED_MS_AGO_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    NEARBY_FIELD_NUMBER: _ClassVar[int]
    LANE_FIELD_NUMBER: _ClassVar[int]
    LANES_FIELD_NUMBER: _ClassVar[int]
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    SPELLINGS_FIELD_NUMBER: _ClassVar[int]
    NETWORK_FIELD_NUMBER: _ClassVar[int]
    DEFERRED_FIELD_NUMBER: _ClassVar[int]
    TABS_MEET_FIELD_NUMBER: _ClassVar[int]
    TRACE_FIELD_NUMBER: _ClassVar[int]
    ROOM_FIELD_NUMBER: _ClassVar[int]
    GUEST_FIELD_NUMBER: _ClassVar[int]
    ticket: int
    visitor: str
    age_ms: int
    mode: Mode
    audience: Audience
    interests: _containers.RepeatedScalarFieldContainer[str]
    languages: _containers.RepeatedScalarFieldContainer[str]
    strict_language: bool
    country: str
    avoid_countries: _containers.RepeatedScalarFieldContainer[str]
    blocked: _containers.RepeatedScalarFieldContainer[int]
    partners: _containers.RepeatedScalarFieldContainer[int]
    parted_ms_ago: _containers.RepeatedScalarFieldContainer[int]
    attempt: int
    nearby: bool
    lane: int
    lanes: int
    device: int
    epoch: int
    spellings: _containers.RepeatedScalarFieldContainer[str]
    network: bytes
    deferred: bool
    tabs_meet: bool
    trace: bytes
    room: str
    guest: bool
    def __init__(self, ticket: _Optional[int] = ..., visitor: _Optional[str] = ..., age_ms: _Optional[int] = ..., mode: _Optional[_Union[Mode, str]] = ..., audience: _Optional[_Union[Audience, str]] = ..., interests: _Optional[_Iterable[str]] = ..., languages: _Optional[_Iterable[str]] = ..., strict_language: _Optional[bool] = ..., country: _Optional[str] = ..., avoid_countries: _Optional[_Iterable[str]] = ..., blocked: _Optional[_Iterable[int]] = ..., partners: _Optional[_Iterable[int]] = ..., parted_ms_ago: _Optional[_Iterable[int]] = ..., attempt: _Optional[int] = ..., nearby: _Optional[bool] = ..., lane: _Optional[int] = ..., lanes: _Optional[int] = ..., device: _Optional[int] = ..., epoch: _Optional[int] = ..., spellings: _Optional[_Iterable[str]] = ..., network: _Optional[bytes] = ..., deferred: _Optional[bool] = ..., tabs_meet: _Optional[bool] = ..., trace: _Optional[bytes] = ..., room: _Optional[str] = ..., guest: _Optional[bool] = ...) -> None: ...

class MatcherBatch(_message.Message):
    __slots__ = ("pairings", "stages", "pools", "overflow", "advice", "replica", "superseded", "popular", "popular_told")
    PAIRINGS_FIELD_NUMBER: _ClassVar[int]
    STAGES_FIELD_NUMBER: _ClassVar[int]
    POOLS_FIELD_NUMBER: _ClassVar[int]
    OVERFLOW_FIELD_NUMBER: _ClassVar[int]
    ADVICE_FIELD_NUMBER: _ClassVar[int]
    REPLICA_FIELD_NUMBER: _ClassVar[int]
    SUPERSEDED_FIELD_NUMBER: _ClassVar[int]
    POPULAR_FIELD_NUMBER: _ClassVar[int]
    POPULAR_TOLD_FIELD_NUMBER: _ClassVar[int]
    pairings: _containers.RepeatedCompositeFieldContainer[Pairing]
    stages: _containers.RepeatedCompositeFieldContainer[StageChange]
    pools: _containers.RepeatedCompositeFieldContainer[PoolSize]
    overflow: _containers.RepeatedScalarFieldContainer[int]
    advice: _containers.RepeatedCompositeFieldContainer[LaneAdvice]
    replica: str
    superseded: _containers.RepeatedCompositeFieldContainer[Superseded]
    popular: _containers.RepeatedCompositeFieldContainer[PopularInterest]
    popular_told: bool
    def __init__(self, pairings: _Optional[_Iterable[_Union[Pairing, _Mapping]]] = ..., stages: _Optional[_Iterable[_Union[StageChange, _Mapping]]] = ..., pools: _Optional[_Iterable[_Union[PoolSize, _Mapping]]] = ..., overflow: _Optional[_Iterable[int]] = ..., advice: _Optional[_Iterable[_Union[LaneAdvice, _Mapping]]] = ..., replica: _Optional[str] = ..., superseded: _Optional[_Iterable[_Union[Superseded, _Mapping]]] = ..., popular: _Optional[_Iterable[_Union[PopularInterest, _Mapping]]] = ..., popular_told: _Optional[bool] = ...) -> None: ...

class Superseded(_message.Message):
    __slots__ = ("ticket", "epoch", "gateway")
    TICKET_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    GATEWAY_FIELD_NUMBER: _ClassVar[int]
    ticket: int
    epoch: int
    gateway: str
    def __init__(self, ticket: _Optional[int] = ..., epoch: _Optional[int] = ..., gateway: _Optional[str] = ...) -> None: ...

class PopularInterest(_message.Message):
    __slots__ = ("interest", "networks")
    INTEREST_FIELD_NUMBER: _ClassVar[int]
    NETWORKS_FIELD_NUMBER: _ClassVar[int]
    interest: str
    networks: int
    def __init__(self, interest: _Optional[str] = ..., networks: _Optional[int] = ...) -> None: ...

class Pairing(_message.Message):
    __slots__ = ("match", "ticket", "partner_gateway", "partner_visitor", "polite", "shared_interests", "partner_epoch", "trace")
    MATCH_FIELD_NUMBER: _ClassVar[int]
    TICKET_FIELD_NUMBER: _ClassVar[int]
    PARTNER_GATEWAY_FIELD_NUMBER: _ClassVar[int]
    PARTNER_VISITOR_FIELD_NUMBER: _ClassVar[int]
    POLITE_FIELD_NUMBER: _ClassVar[int]
    SHARED_INTERESTS_FIELD_NUMBER: _ClassVar[int]
    PARTNER_EPOCH_FIELD_NUMBER: _ClassVar[int]
    TRACE_FIELD_NUMBER: _ClassVar[int]
    match: str
    ticket: int
    partner_gateway: str
    partner_visitor: str
    polite: bool
    shared_interests: _containers.RepeatedScalarFieldContainer[str]
    partner_epoch: int
    trace: bytes
    def __init__(self, match: _Optional[str] = ..., ticket: _Optional[int] = ..., partner_gateway: _Optional[str] = ..., partner_visitor: _Optional[str] = ..., polite: _Optional[bool] = ..., shared_interests: _Optional[_Iterable[str]] = ..., partner_epoch: _Optional[int] = ..., trace: _Optional[bytes] = ...) -> None: ...

class StageChange(_message.Message):
    __slots__ = ("ticket", "stage", "widens_in_ms", "hint", "waiting")
    TICKET_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    WIDENS_IN_MS_FIELD_NUMBER: _ClassVar[int]
    HINT_FIELD_NUMBER: _ClassVar[int]
    WAITING_FIELD_NUMBER: _ClassVar[int]
    ticket: int
    stage: int
    widens_in_ms: int
    hint: str
    waiting: int
    def __init__(self, ticket: _Optional[int] = ..., stage: _Optional[int] = ..., widens_in_ms: _Optional[int] = ..., hint: _Optional[str] = ..., waiting: _Optional[int] = ...) -> None: ...

class PoolSize(_message.Message):
    __slots__ = ("mode", "audience", "waiting")
    MODE_FIELD_NUMBER: _ClassVar[int]
    AUDIENCE_FIELD_NUMBER: _ClassVar[int]
    WAITING_FIELD_NUMBER: _ClassVar[int]
    mode: Mode
    audience: Audience
    waiting: int
    def __init__(self, mode: _Optional[_Union[Mode, str]] = ..., audience: _Optional[_Union[Audience, str]] = ..., waiting: _Optional[int] = ...) -> None: ...

class LaneAdvice(_message.Message):
    __slots__ = ("mode", "audience", "lanes", "room")
    MODE_FIELD_NUMBER: _ClassVar[int]
    AUDIENCE_FIELD_NUMBER: _ClassVar[int]
    LANES_FIELD_NUMBER: _ClassVar[int]
    ROOM_FIELD_NUMBER: _ClassVar[int]
    mode: Mode
    audience: Audience
    lanes: int
    room: str
    def __init__(self, mode: _Optional[_Union[Mode, str]] = ..., audience: _Optional[_Union[Audience, str]] = ..., lanes: _Optional[int] = ..., room: _Optional[str] = ...) -> None: ...
