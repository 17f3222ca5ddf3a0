"""A gateway answers as its OpenAPI document says, to requests that fit the document and to others."""

import asyncio
from typing import Any

import aiohttp
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import Case, GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)

from bench.client.http import fetch_token
from services.runtime.endpoint import Endpoint
from services.signaling.shell.http_api import ENDPOINTS

from .cluster import Cluster

pytestmark = pytest.mark.asyncio(loop_scope="session")

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
FEW = settings(
    max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck), derandomize=True
)


def check_answers(document: dict[str, object], endpoint: Endpoint, url: str, token: str) -> None:
    """Send requests with and without a token, and compare each answer with the document."""
    operation = schemathesis.openapi.from_dict(document)[endpoint.path][endpoint.method]
    modes = [GenerationMode.POSITIVE, *([GenerationMode.NEGATIVE] if endpoint.request else [])]
    for mode in modes:
        for headers in ({}, {"Authorization": f"Bearer {token}"}):
            _check(operation.as_strategy(generation_mode=mode), url, headers)


def _check(cases: SearchStrategy[Case[Any]], url: str, headers: dict[str, str]) -> None:
    @FEW
    @given(case=cases)
    def conforms(case: Case[Any]) -> None:
        case.call_and_validate(base_url=url, headers=headers, checks=CHECKS)

    conforms()


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: f"{endpoint.method} {endpoint.path}")
async def test_every_answer_is_in_the_document(cluster: Cluster, endpoint: Endpoint) -> None:
    url = cluster.urls[0]
    async with aiohttp.ClientSession() as http:
        token = await fetch_token(http, url)
        async with http.get(f"{url}/api/openapi.json") as answer:
            document = await answer.json()
    await asyncio.to_thread(check_answers, document, endpoint, url, token)
