"""Runs kubectl against the cluster that KUBECONFIG names, in one namespace."""

import json
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..manifests import KUBECTL, Object
from ..timing import scaled


class KubectlFailed(Exception):
    """kubectl failed, and this is what it said."""


@dataclass(frozen=True, slots=True)
class KubectlAnswer:
    """One call has ended with this exit status and output."""

    status: int
    out: str
    err: str

    @property
    def warnings(self) -> list[str]:
        """The warnings of the API server."""
        return [line for line in self.err.splitlines() if line.startswith("Warning:")]


@dataclass(frozen=True, slots=True)
class Kubectl:
    """Calls kubectl for one namespace, or for objects that say themselves where they are."""

    namespace: str = ""

    def command(self, *arguments: str) -> list[str]:
        return [str(KUBECTL), *(("--namespace", self.namespace) if self.namespace else ()), *arguments]

    def ask(self, *arguments: str, stdin: str | None = None, seconds: float = 60) -> KubectlAnswer:
        """Return what kubectl answers, whether or not it succeeds."""
        done = subprocess.run(
            self.command(*arguments),
            input=stdin, check=False, capture_output=True, text=True, timeout=scaled(seconds),
        )  # fmt: skip
        return KubectlAnswer(done.returncode, done.stdout, done.stderr)

    def run(self, *arguments: str, stdin: str | None = None, seconds: float = 60) -> KubectlAnswer:
        """Return what kubectl answers. Raises `KubectlFailed`."""
        answer = self.ask(*arguments, stdin=stdin, seconds=seconds)
        if answer.status != 0:
            raise KubectlFailed(f"kubectl {' '.join(arguments)}: {answer.err}")
        return answer

    def apply(self, objects: Iterable[Object], *options: str) -> KubectlAnswer:
        """Apply objects on the server's side. Raises `KubectlFailed` if it refuses any."""
        return self.run("apply", "--server-side", *options, "--filename", "-", stdin=as_list(objects))

    def get(self, kind: str, name: str) -> Object:
        found: Object = json.loads(self.run("get", kind, name, "--output", "json").out)
        return found

    def find(self, kind: str, *options: str) -> Sequence[Object]:
        items: list[Object] = json.loads(self.run("get", kind, *options, "--output", "json").out)["items"]
        return items

    def pods_of(self, workload: Object) -> Sequence[Object]:
        """Return the pods that the selector of a workload finds, also those that are being deleted."""
        labels = workload["spec"]["selector"]["matchLabels"]
        selector = ",".join(f"{key}={value}" for key, value in labels.items())
        return self.find("pods", "--selector", selector)


def as_list(objects: Iterable[Object]) -> str:
    """Return objects as one text that kubectl reads."""
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})
