"""Traces are off by default, and then cost nothing: OpenTelemetry is not even imported."""

import os
import subprocess
import sys

import pytest

from services.contract.ids import UNTRACED, TraceContext
from services.runtime.config import ConfigError, load
from services.runtime.tracer import NoTracer
from services.runtime.tracing import TraceConfig

from ...timing import scaled

PROGRAM = """
import sys
from services.runtime import tracing
from services.runtime.config import load
from services.{service} import __main__

tracing.configure("tested", load(tracing.TraceConfig, {{"ZUFALL_TRACES": sys.argv[1]}}))
print(type(tracing.tracer()).__name__, any(name.startswith("opentelemetry") for name in sys.modules))
tracing.tracer().close()
"""


def imported(service: str, endpoint: str) -> str:
    program = PROGRAM.format(service=service)
    return subprocess.run(
        [sys.executable, "-c", program, endpoint],
        capture_output=True,
        text=True,
        timeout=scaled(60),
        check=True,
        env=os.environ,
    ).stdout.strip()


@pytest.mark.parametrize("service", ["signaling", "matcher", "reports"])
def test_a_service_without_traces_imports_nothing_of_opentelemetry(service: str) -> None:
    assert imported(service, "") == "NoTracer False"


def test_a_service_with_traces_imports_it() -> None:
    assert imported("matcher", "http://127.0.0.1:1") == "OtlpTracer True"


def test_without_a_tracer_nothing_begins_and_what_others_began_passes() -> None:
    tracer, theirs = NoTracer(), TraceContext(b"x" * 24)
    assert not tracer.is_sampled()
    assert tracer.begin("report", {}) == UNTRACED
    assert tracer.record(theirs, "waiting", {}) == theirs


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("ZUFALL_TRACES", "collector:4317"),
        ("ZUFALL_TRACES", "ftp://collector"),
        ("ZUFALL_TRACES", "http://"),
        ("ZUFALL_TRACE_SHARE", "1.1"),
        ("ZUFALL_TRACE_SHARE", "-0.1"),
        ("ZUFALL_TRACE_SHARE", "nan"),
        ("ZUFALL_TRACE_SHARE", "some"),
    ],
)
def test_a_collector_is_a_url_and_a_share_is_from_0_to_1(variable: str, text: str) -> None:
    with pytest.raises(ConfigError, match=variable):
        load(TraceConfig, {variable: text})
    assert load(TraceConfig, {}) == TraceConfig("", 0.01)
