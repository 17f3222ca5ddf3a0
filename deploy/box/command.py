"""The commands of `./zufall`. What it does not know itself, it asks `zufall` in the container of reports."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from services.runtime.unknown_settings import unknown_settings

from . import images
from .compose import Compose, check_engine, say
from .installation import Installation, Unusable, exclusive_lock, open_installation
from .restore import restore_backup
from .update import GATEWAYS, replace_services

ROOT = Path(__file__).parents[2]
HELP = """\
usage: ./zufall COMMAND

  up          start everything, and make what is missing: secrets, images, tables, your account
  down        stop everything; the data stays, unless you add --volumes
  status      show what runs, and whether it is healthy
  logs [NAME] show the logs, of everything or of one service, and follow them
  restart     start every service again after a secret has changed; no call ends
  update      take the newest version, and replace one service after another: no call ends
  rollback    go back to the version before the last update, in the same way
  restore FILE
              replace the database by a backup, which `./zufall backups list` shows
  doctor      check the installation from outside and inside, and say what to do
  help        print this list

Any other command is one of `zufall`, which runs in the container of the reports service:
  ./zufall moderator invite NAME --role admin     let somebody into the console
  ./zufall reports list                           list the newest reports
  ./zufall backups list                           list backups; also `now` and `drill`
  ./zufall --help                                 list the others
"""


def main(arguments: Sequence[str]) -> int:
    """Run a command, and return its exit status: 0 done, 1 not possible."""
    name, *rest = arguments or ("help",)
    if name in ("help", "-h"):
        print(HELP, end="")
        return 0
    try:
        check_engine()
        installation = open_installation(ROOT)
        for name_and_hint in unknown_settings(installation.settings):
            say(f"nothing reads {name_and_hint}, which stands in .env")
        compose = Compose(installation)
        if look := _READ_ONLY.get(name):
            return look(installation, compose, rest)
        if change := _CHANGES.get(name):
            with exclusive_lock(installation.folder):
                return change(installation, compose, rest)
        return _in_container(installation, compose, arguments)
    except Unusable as error:
        print(f"zufall: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def up(installation: Installation, compose: Compose, _: Sequence[str]) -> int:
    """Start what does not run. What runs with these settings already stays as it is."""
    if not installation.images:
        installation.use_image(images.newest_image(installation))
    image = installation.images[0]
    _make_secrets(installation, image)
    if any(compose.is_healthy(gateway, image) for gateway in GATEWAYS):
        # Without these, a service that was replaced would not become healthy.
        compose.run("up", "--detach", "--wait", "--no-recreate", "nats", "postgres", image=image)
        replace_services(compose, image, image)  # one after another, where a setting changed
    say("starting what does not run, which takes a minute or two the first time")
    _finish(compose, image)
    _invite_administrator(installation, compose)
    domain = installation.settings["ZUFALL_DOMAIN"]
    console = installation.settings.get("ZUFALL_CONSOLE_DOMAIN", f"console.{domain}")
    say(f"the site is https://{domain}, and the console https://{console}/console")
    say("check the installation with ./zufall doctor")
    return 0


def down(installation: Installation, compose: Compose, arguments: Sequence[str]) -> int:
    """Stop everything. Visitors and calls end."""
    return compose.run("down", *arguments, image=_image(installation), check=False)


def status(installation: Installation, compose: Compose, _: Sequence[str]) -> int:
    """List the containers."""
    shown = "table {{.Service}}\t{{.Status}}\t{{.Image}}"
    return compose.run("ps", "--all", "--format", shown, image=_image(installation), check=False)


def logs(installation: Installation, compose: Compose, arguments: Sequence[str]) -> int:
    """Follow the logs of all services, or of those that are named."""
    command = ("logs", "--follow", "--tail", "200", *arguments)
    return compose.run(*command, image=_image(installation), check=False)


def update(installation: Installation, compose: Compose, arguments: Sequence[str]) -> int:
    """Take the newest version, and replace the services by it."""
    if "--fetched" not in arguments and _fetch_newest(installation.folder):
        # What was fetched may have changed these very commands.
        os.execv(sys.executable, [sys.executable, str(ROOT / "zufall"), "update", "--fetched"])  # noqa: S606
    old, new = _image(installation), images.newest_image(installation)
    if new == old:
        say("this is the newest version already; settings that changed are applied")
        return up(installation, compose, ())
    _make_secrets(installation, new)
    say("removing from the database what the present version no longer needs")
    compose.run("run", "--rm", "migrate", "migrate", "contract", image=old)
    say("adding to the database what the new version needs")
    compose.run("run", "--rm", "migrate", "migrate", "expand", image=new)
    _reload_nats(compose, old)  # the new version may need subjects that are new
    replace_services(compose, new, old)
    installation.use_image(new)
    _finish(compose, new)
    if "monitoring" in installation.settings.get("ZUFALL_PROFILES", ""):  # its files may be new, too
        compose.run("restart", "prometheus", "alertmanager", "blackbox-exporter", image=new)
    images.remove_old_images(installation)
    say(f"updated to {new}; `./zufall rollback` goes back to {old}")
    return 0


def rollback(installation: Installation, compose: Compose, _: Sequence[str]) -> int:
    """Go back to the version before. It ignores what the newer one added to the database."""
    if len(installation.images) < 2:
        raise Unusable("there is no earlier version on this box")
    new, old, *_rest = installation.images
    replace_services(compose, old, new)
    installation.use_image(old)
    _finish(compose, old)
    say(f"went back to {old}; `./zufall rollback` returns to {new}")
    return 0


def restart(installation: Installation, compose: Compose, _: Sequence[str]) -> int:
    """Start the services again, one after another, so that they read their secrets."""
    image = _image(installation)
    _make_secrets(installation, image)
    compose.run("run", "--rm", "migrate", image=image)  # the password of the role may be another
    replace_services(Compose(installation, recreates=True), image, image)
    return 0


def restore(installation: Installation, compose: Compose, arguments: Sequence[str]) -> int:
    """Replace the database by a backup. The one from before stays under another name."""
    if len(arguments) != 1:
        raise Unusable("name a backup: ./zufall backups list shows them")
    restore_backup(compose, arguments[0], _image(installation))
    return 0


def _finish(compose: Compose, image: str) -> None:
    """Start what does not run or has changed, and let Caddy read its files again, which cuts no socket."""
    compose.run("up", "--detach", "--wait", "--remove-orphans", image=image)
    _reload_nats(compose, image)
    compose.run("exec", "-T", "caddy", "caddy", "reload", "--config", "/etc/caddy/Caddyfile", image=image)


def _reload_nats(compose: Compose, image: str) -> None:
    """Let NATS read its file and its certificate again, which may be new. It keeps its connections."""
    compose.run("kill", "--signal", "HUP", "nats", image=image)


def _make_secrets(installation: Installation, image: str) -> None:
    identity = installation.secrets / "backup_identity"
    made = installation.make_secrets("" if identity.exists() else images.new_backup_identity(image))
    if made:
        say(f"made in {installation.secrets}: {', '.join(made)}")
    if "backup_identity" in made:
        say(f"keep a copy of {identity} somewhere else: without it nobody can open your backups")


def _invite_administrator(installation: Installation, compose: Compose) -> None:
    """Print a link to the console, once for each name that `.env` gives."""
    name, invited = installation.settings["ZUFALL_ADMINISTRATOR"], installation.secrets / "invited"
    if invited.exists() and name in invited.read_text().split("\n"):
        return
    invite = ("exec", "-T", "reports", "zufall", "moderator", "invite", name, "--role", "admin")
    link = compose.output(*invite, image=installation.images[0])
    if not link:  # there is such an account, or an earlier start printed its link in vain
        say(f"for a link to the console: ./zufall moderator invite {name} --role admin --again")
        return
    print(link, flush=True)
    with invited.open("a") as file:
        file.write(f"{name}\n")


def _in_container(installation: Installation, compose: Compose, arguments: Sequence[str]) -> int:
    service = "backups" if arguments[0] == "backups" else "reports"
    terminal = () if sys.stdin.isatty() and sys.stdout.isatty() else ("-T",)
    command = ("exec", *terminal, service, "zufall", *arguments)
    return compose.run(*command, image=_image(installation), check=False)


def _image(installation: Installation) -> str:
    if not installation.images:
        raise Unusable("nothing was started here yet: ./zufall up")
    return installation.images[0]


def _fetch_newest(folder: Path) -> bool:
    """Fetch the newest commits of this checkout, and return whether there were any."""
    git = ("git", "-C", str(folder))
    here = subprocess.run([*git, "rev-parse", "HEAD"], check=False, capture_output=True, text=True)
    upstream = subprocess.run([*git, "rev-parse", "@{upstream}"], check=False, capture_output=True)
    if here.returncode or upstream.returncode:
        say("this folder follows no repository, so it is used as it is")
        return False
    say("fetching the newest version")
    if subprocess.run([*git, "pull", "--ff-only", "--quiet"], check=False).returncode:
        raise Unusable("git cannot take the newest version: see what it says above")
    now = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    return now.stdout != here.stdout


_Command = Callable[[Installation, Compose, Sequence[str]], int]
_READ_ONLY: dict[str, _Command] = {"status": status, "logs": logs}
_CHANGES: dict[str, _Command] = {
    "up": up,
    "down": down,
    "update": update,
    "rollback": rollback,
    "restart": restart,
    "restore": restore,
}
