"""`k8s/base/migrations.yaml`: each version has a job that expands the schema. One that contracts waits."""

import re
from pathlib import Path

import pytest

from services.contract.version import VERSION
from services.reports.shell.commands.migrate import MigrationConfig, migrate
from services.runtime.config import load, names

from .. import manifests
from ..manifests import Object, of_kind, pod_templates

EXPAND = f"expand-{VERSION.replace('.', '-')}"
SECRETS = {
    "ZUFALL_DATABASE": "postgresql+asyncpg://zufall:secret@database/zufall",
    "ZUFALL_DATABASE_OWNER": "postgresql+asyncpg://owner:secret@database/zufall",
}


@pytest.fixture(scope="module")
def objects() -> list[Object]:
    return manifests.objects(manifests.BASE)


@pytest.fixture
def templates(objects: list[Object]) -> list[Object]:
    """Return the pods of both jobs."""
    pods = dict(pod_templates(objects))
    return [pods[EXPAND], pods["contract"]]


def test_each_version_has_a_job_that_is_kept_when_it_is_done(objects: list[Object]) -> None:
    """If it were deleted, a second apply would make it again."""
    job = of_kind(objects, "Job")[EXPAND]["spec"]
    assert "ttlSecondsAfterFinished" not in job
    assert job["template"]["spec"]["containers"][0]["args"] == ["migrate", "expand"]


def test_contract_runs_only_when_somebody_starts_it(objects: list[Object]) -> None:
    waiting = of_kind(objects, "CronJob")["contract"]["spec"]
    assert (waiting["suspend"], waiting["schedule"]) == (True, "0 0 31 2 *")
    pod = waiting["jobTemplate"]["spec"]["template"]["spec"]
    assert pod["containers"][0]["args"] == ["migrate", "contract"]


def test_both_jobs_are_alike_but_for_the_phase(templates: list[Object]) -> None:
    for template in templates:
        template["spec"]["containers"][0].pop("args")
    expand, contract = templates
    assert expand == contract


def test_a_job_has_the_settings_of_the_command_from_the_secret_only(templates: list[Object]) -> None:
    """A ConfigMap has another name when a setting changes, and a Job cannot be changed."""
    for template in templates:
        (container,) = template["spec"]["containers"]
        given = {one["name"]: one["valueFrom"]["secretKeyRef"] for one in container["env"]}
        assert given == {name: {"name": "zufall", "key": name} for name in names(MigrationConfig)}
        assert "envFrom" not in container
        assert "volumes" not in template["spec"]
    role = load(MigrationConfig, SECRETS).role
    assert role is not None
    assert role.name == "zufall"


def test_no_service_of_the_base_gets_the_role_of_the_owner(objects: list[Object]) -> None:
    given = {
        name
        for name, template in pod_templates(objects)
        for container in template["spec"]["containers"]
        if "ZUFALL_DATABASE_OWNER" in [one["name"] for one in container.get("env", ())]
    }
    assert given == {EXPAND, "contract"}


def test_a_job_is_locked_in_and_bounded(templates: list[Object]) -> None:
    for template in templates:
        pod = template["spec"]
        (container,) = pod["containers"]
        assert pod["restartPolicy"] == "Never"
        assert (pod["automountServiceAccountToken"], pod["enableServiceLinks"]) == (False, False)
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["resources"]["limits"].keys() == {"memory", "ephemeral-storage"}


def test_the_image_is_that_of_the_services(objects: list[Object], templates: list[Object]) -> None:
    (reports,) = of_kind(objects, "Deployment")["reports"]["spec"]["template"]["spec"]["containers"]
    assert {one["spec"]["containers"][0]["image"] for one in templates} == {reports["image"]}


@pytest.mark.parametrize("phase", ["expand", "contract"])
def test_the_command_knows_the_phase(phase: str) -> None:
    assert migrate.make_context("migrate", [phase]).params["phase"] == phase


def test_the_page_names_the_jobs(objects: list[Object]) -> None:
    """It says how to update, and the commands there name the objects of the base."""
    text = (manifests.K8S.parent / "docs" / "upgrading.md").read_text()
    assert re.search(r"job/expand-\d+-\d+-\d+", text)
    assert "create job contract-" in text
    assert "--from=cronjob/contract" in text
    assert "contract" in of_kind(objects, "CronJob")


def test_on_openshift_a_job_names_no_user(tmp_path: Path) -> None:
    overlay = manifests.overlay_with(manifests.copy_with_secrets(tmp_path), ["network-policy", "openshift"])
    pods = dict(pod_templates(manifests.objects(overlay)))
    for name in (EXPAND, "contract"):
        assert pods[name]["spec"]["securityContext"].keys() == {"runAsNonRoot", "seccompProfile"}
