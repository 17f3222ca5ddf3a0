"""What pods may have on a namespace with the pod security level `restricted`.

https://kubernetes.io/docs/concepts/security/pod-security-standards/ is the source.
"""

from collections.abc import Iterator
from typing import Any

_VOLUMES = {
    "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected",
    "secret",
}  # fmt: skip


def forbidden_by_restricted(spec: dict[str, Any]) -> set[str]:
    """Return the fields for which `restricted` refuses a pod with this spec; none if it admits the pod."""
    context = spec.get("securityContext", {})
    found = {name for name in ("hostNetwork", "hostPID", "hostIPC") if spec.get(name)}
    for volume in spec.get("volumes", ()):
        found |= {f"volumes.{kind}" for kind in volume.keys() - {"name"} - _VOLUMES}
    for container in (*spec.get("initContainers", ()), *spec["containers"]):
        found |= set(_of_container(container, context | container.get("securityContext", {})))
    return found


def _of_container(container: dict[str, Any], context: dict[str, Any]) -> Iterator[str]:
    if any("hostPort" in port for port in container.get("ports", ())):
        yield "hostPort"
    if context.get("privileged"):
        yield "privileged"
    if context.get("allowPrivilegeEscalation") is not False:
        yield "allowPrivilegeEscalation"
    if context.get("runAsNonRoot") is not True:
        yield "runAsNonRoot"
    if context.get("runAsUser") == 0:
        yield "runAsUser"
    if context.get("seccompProfile", {}).get("type") not in ("RuntimeDefault", "Localhost"):
        yield "seccompProfile"
    capabilities = context.get("capabilities", {})
    if "ALL" not in capabilities.get("drop", ()):
        yield "capabilities.drop"
    if set(capabilities.get("add", ())) - {"NET_BIND_SERVICE"}:
        yield "capabilities.add"
