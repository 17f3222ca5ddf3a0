"""The chart makes the same objects as kustomize."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from services.contract.version import VERSION

from ..chart import (
    CHART,
    LABELS_OF_HELM,
    VERSION_LABEL,
    by_name,
    differences,
    helm_template,
    of_chart,
    of_kustomize,
    rendered_chart,
)
from ..chart_options import BARE, OF_SECRETS, OPTIONS, Values
from ..custom_kinds import KINDS, problems
from ..manifests import COMPONENTS, Object, overlay_with, pod_templates
from ..requirements import helm, require


@pytest.fixture(scope="module", autouse=True)
def _helm() -> None:
    require("helm")


@pytest.fixture(scope="module")
def production() -> dict[str, Object]:
    return of_chart({})


# --- the same as kustomize ---------------------------------------------------------------------------


def test_the_defaults_make_what_the_overlay_of_production_makes(
    k8s: Path, production: dict[str, Object]
) -> None:
    expected = of_kustomize(k8s / "overlays" / "production")
    assert len(expected) > 30
    assert differences(expected, production) == {}


@pytest.mark.parametrize("components", OPTIONS, ids=lambda names: " ".join(names) or "none")
def test_an_option_makes_what_its_component_makes(k8s: Path, components: Sequence[str]) -> None:
    expected = of_kustomize(overlay_with(k8s, ["hosts", *components]))
    assert differences(expected, of_chart({**BARE, **OPTIONS[tuple(components)]})) == {}


def test_every_component_has_an_option() -> None:
    shown = {"hosts", *(component for components in OPTIONS for component in components)}
    assert shown | OF_SECRETS == {*COMPONENTS}


def test_every_object_says_which_version_and_chart_it_is_of() -> None:
    for one in rendered_chart(everything()):
        labels = one["metadata"]["labels"]
        assert labels[VERSION_LABEL] == VERSION
        assert {labels[label] for label in LABELS_OF_HELM} == {"Helm", f"zufall-{VERSION}"}


def everything() -> Values:
    """Return values by which the chart makes most of its objects."""
    return {
        "backups": {"enabled": True},
        "database": "single",
        "gatewayApi": {"enabled": True},
        "monitoring": {"enabled": True},
        "priority": True,
        "turn": {"by": "hostNetwork", "settings": {"ZUFALL_TURN_USER_QUOTA": "9"}},
    }


def test_the_chart_never_makes_a_secret_or_its_own_namespace() -> None:
    names = by_name(rendered_chart(everything()))
    assert not [name for name in names if name.startswith("Secret/")]
    assert [name for name in names if name.startswith("Namespace/")] == ["Namespace/zufall-turn"]


def test_everything_is_in_the_namespace_of_the_installation() -> None:
    usual, elsewhere = of_chart({}), by_name(rendered_chart({}, "plaza"))
    assert {one["metadata"]["namespace"] for one in elsewhere.values()} == {"plaza"}
    assert elsewhere.keys() == usual.keys()
    assert elsewhere["ConfigMap/zufall"]["data"] == usual["ConfigMap/zufall"]["data"]


# --- a changed setting -------------------------------------------------------------------------------


def checksums(values: Values) -> dict[str, str]:
    """Return the checksum of what each workload reads, by the name of the workload."""
    return {
        name: "".join(
            value
            for key, value in sorted(template["metadata"].get("annotations", {}).items())
            if key.startswith("checksum/")
        )
        for name, template in pod_templates(rendered_chart(values))
    }


def test_a_changed_setting_restarts_the_services_and_nothing_else() -> None:
    before, after = checksums({}), checksums({"settings": {"ZUFALL_SITE_NAME": "Plaza"}})
    assert before.keys() == after.keys()
    assert {name for name in before if before[name] != after[name]} == {"gateway", "matcher", "reports"}
    assert before["nats"]


# --- the chart itself --------------------------------------------------------------------------------


def test_lint_finds_nothing() -> None:
    done = subprocess.run(
        [str(helm()), "lint", "--strict", CHART], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_its_version_is_the_version_of_the_project() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert (chart["version"], chart["appVersion"]) == (VERSION, VERSION)


def test_a_package_has_what_the_links_in_files_lead_to(tmp_path: Path) -> None:
    subprocess.run(
        [str(helm()), "package", CHART, "--destination", tmp_path], capture_output=True, check=True
    )
    (package,) = tmp_path.iterdir()
    values = json.dumps(everything())
    assert helm_template(values, "zufall", package) == helm_template(values, "zufall")


def test_what_it_makes_is_valid() -> None:
    """The objects of kustomize, which are the same, are checked against several versions of Kubernetes."""
    for one in rendered_chart(everything()):
        if one["kind"] in KINDS:
            assert list(problems(one)) == [], one["metadata"]["name"]
        else:
            kubernetes_validate.validate(one, kubernetes_validate.latest_version(), strict=True)
