"""Renders the chart in `k8s/chart` as `helm install` does, and tells what it has in common with kustomize."""

import json
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml

from .manifests import K8S, Object, of_kind, rendered
from .requirements import helm

CHART = K8S / "chart"

LABELS_OF_HELM = frozenset({"app.kubernetes.io/managed-by", "helm.sh/chart"})

VERSION_LABEL = "app.kubernetes.io/version"
"""The chart gives it to all objects, and kustomize to those of the base."""

_HASH = re.compile(r"-[2456789bcdfghkmt]{10}$")
"""What kustomize adds to the name of a ConfigMap; it uses no other letters."""


class RefusedByHelm(Exception):
    """Helm refused the values, and says why."""


def rendered_chart(values: Mapping[str, Any], namespace: str = "zufall") -> list[Object]:
    """Return the objects of an installation with these values. Raises `RefusedByHelm`."""
    return list(_parsed(helm_template(json.dumps(values), namespace)))


@cache
def helm_template(values: str, namespace: str, chart: Path = CHART) -> str:
    """Return what `helm template` prints for values in JSON. Raises `RefusedByHelm`."""
    program = helm()
    assert program, "tests that render the chart require helm"
    done = subprocess.run(
        [program, "template", "zufall", chart, "--namespace", namespace, "--values", "-"],
        input=values, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise RefusedByHelm(done.stderr)
    return done.stdout


def _parsed(text: str) -> Iterator[Object]:
    """Yield the objects in a text, five times faster than PyYAML does by itself."""
    return cast("Iterator[Object]", yaml.load_all(text, Loader=yaml.CSafeLoader))


def by_name(found: Iterable[Object]) -> dict[str, Object]:
    """Return objects by their kinds and names, such as `Deployment/gateway`."""
    objects = list(found)
    named = {f"{one['kind']}/{one['metadata']['name']}": one for one in objects}
    assert len(named) == len(objects)
    return named


def of_chart(values: Mapping[str, Any]) -> dict[str, Object]:
    """Return the objects of the chart by name, as kustomize could have made them."""
    return {name: _comparable(one) for name, one in by_name(rendered_chart(values)).items()}


def of_kustomize(overlay: Path) -> dict[str, Object]:
    """Return the objects of an overlay by name, without the hashes in names of ConfigMaps.

    The chart makes no secrets, and not its own namespace, so they are left out.
    """
    text = rendered(overlay)
    for name in of_kind(_parsed(text), "ConfigMap"):
        text = text.replace(name, _HASH.sub("", name))
    found = (one for one in _parsed(text) if one["kind"] != "Secret")
    return {name: _comparable(one) for name, one in by_name(found).items() if name != "Namespace/zufall"}


def _comparable(one: Object) -> Object:
    """Return a copy without labels of Helm or of the version, and without checksums of settings."""
    copy = deepcopy(one)
    for metadata in _metadata(copy):
        for kind in ("labels", "annotations"):
            kept = {
                key: value
                for key, value in (metadata.pop(kind, None) or {}).items()
                if key not in {*LABELS_OF_HELM, VERSION_LABEL} and not key.startswith("checksum/")
            }
            if kept:
                metadata[kind] = kept
    return copy


def _metadata(value: Any) -> Iterable[Object]:
    if isinstance(value, dict):
        for key, inside in value.items():
            if key == "metadata" and isinstance(inside, dict):
                yield inside
            else:
                yield from _metadata(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from _metadata(inside)


def differences(before: Mapping[str, Object], after: Mapping[str, Object]) -> dict[str, Any]:
    """Return each value of `after` that `before` has not, by its object and its path in it.

    What is in `before` only has the value None.
    """
    old, new = (
        {f"{name} {path}": value for name, one in objects.items() for path, value in _flat(one)}
        for objects in (before, after)
    )
    return {path: new.get(path) for path in old.keys() | new.keys() if old.get(path) != new.get(path)}


def _flat(value: Any, path: str = "") -> Iterable[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for key, inside in value.items():
            yield from _flat(inside, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and value:
        for index, inside in enumerate(value):
            yield from _flat(inside, f"{path}.{index}")
    else:
        yield path, value
