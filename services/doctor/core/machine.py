"""Judges what can be seen only on the machine itself: services, disk, database, NATS, backups, mail."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from .check_result import CheckResult, green, red, yellow

GIBIBYTE = 1024**3
LOW_SHARE, LOW_GIBIBYTES = 0.15, 5
FULL_SHARE, FULL_GIBIBYTES = 0.05, 1
"""Free space is low, or the disk is full, below both: this share of it, and this amount."""

BACKUP_HOURS = 26.0
"""A backup is made each night, and takes less than two hours."""


@dataclass(frozen=True, slots=True)
class RoleFacts:
    """What the role of the service may do in its database."""

    role: str
    is_superuser: bool
    owns_tables: bool
    may_rewrite_audit: bool


def judge_readiness(problems: Mapping[str, str]) -> CheckResult:
    """Judge why services are not ready, by their names. An empty text means that one is."""
    bad = {name: problem for name, problem in problems.items() if problem}
    if bad:
        return red("; ".join(f"{name}: {problem}" for name, problem in bad.items()))
    return green(f"{', '.join(problems)} are ready")


def judge_builds(builds: Mapping[str, str], own: str) -> CheckResult:
    """Judge the version and revision of each service."""
    found = sorted(set(builds.values()))
    if len(found) > 1:
        return red(", ".join(f"{name} is {build}" for name, build in builds.items()))
    if found != [own]:
        return yellow(f"all services are {', '.join(found)}; this program is {own}")
    return green(f"all services are {own}")


def judge_disk(free: int, total: int) -> CheckResult:
    """Judge the free bytes of a disk."""
    seen = f"{free / GIBIBYTE:.1f} GiB are free, {free / total:.0%} of the disk"
    if free < min(FULL_SHARE * total, FULL_GIBIBYTES * GIBIBYTE):
        return red(seen)
    if free < min(LOW_SHARE * total, LOW_GIBIBYTES * GIBIBYTE):
        return yellow(seen)
    return green(seen)


def judge_role(facts: RoleFacts) -> CheckResult:
    """Judge the role with which the service works."""
    may = [
        words
        for words, holds in (
            ("is a superuser", facts.is_superuser),
            ("owns the tables", facts.owns_tables),
            ("may change the audit log", facts.may_rewrite_audit),
        )
        if holds
    ]
    if may:
        return red(f"the role {facts.role} {' and '.join(may)}")
    return green(f"the role {facts.role} owns nothing, and adds to the audit log only")


def judge_nats(strangers: Collection[str], refuses_foreign_subjects: bool) -> CheckResult:
    """Judge how clients without a certificate came in, and whether reports may speak as a gateway."""
    if strangers:
        return red(f"NATS lets in whoever comes {' or '.join(strangers)}")
    if not refuses_foreign_subjects:
        return red("the user of reports may publish on subjects of gateways")
    return green("NATS asks for a certificate, and each user has only its subjects")


def judge_backup(hours: float | None) -> CheckResult:
    """Judge the age of the newest good backup in hours, None if there was never one."""
    if hours is None:
        return yellow("there is no backup yet")
    if hours < -1:
        return red(f"the newest backup is dated {-hours:.0f} h in the future: no other is made until then")
    seen = f"the newest backup is {hours:.0f} h old"
    return green(seen) if hours <= BACKUP_HOURS else red(seen)


def judge_mail(server: str) -> CheckResult:
    """Judge the mail server of alerts."""
    return (
        green(f"alerts go out through {server}") if server else yellow("nobody is told of an alert by mail")
    )
