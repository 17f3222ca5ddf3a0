"""The cluster that KUBECONFIG names, and namespaces in it that the tests make and delete again."""

import os
import secrets
from collections.abc import Callable, Iterator

import pytest

from .kubectl import Kubectl
from .rendering import restricted

NewNamespace = Callable[[], Kubectl]


def new_name() -> str:
    """Return a name that no namespace has."""
    return f"zufall-test-{secrets.token_hex(4)}"


@pytest.fixture(scope="session")
def cluster() -> Kubectl:
    """Return kubectl for a cluster that answers, or skip the test and say why there is none."""
    if not os.environ.get("KUBECONFIG"):
        pytest.skip("KUBECONFIG names no cluster")
    kubectl = Kubectl()
    try:
        asked = kubectl.ask("get", "--raw", "/readyz", "--request-timeout=10s")
    except FileNotFoundError:
        pytest.skip("no kubectl on this machine")
    if asked.status != 0:
        pytest.skip(f"the cluster that KUBECONFIG names does not answer: {asked.err.strip()}")
    return kubectl


@pytest.fixture(scope="module")
def new_namespace(cluster: Kubectl) -> Iterator[NewNamespace]:
    """Make namespaces that allow only restricted pods. All are deleted when the module ends."""
    made: list[str] = []

    def make() -> Kubectl:
        name = new_name()
        made.append(name)
        cluster.apply([restricted(name)])
        kubectl = Kubectl(name)
        kubectl.run("wait", "--for=create", "serviceaccount/default", "--timeout=60s", seconds=70)
        return kubectl

    yield make
    for name in made:
        cluster.ask("delete", "namespace", name, "--ignore-not-found", "--timeout=120s", seconds=130)
