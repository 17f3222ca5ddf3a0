"""Takes the commands out of the documents, and checks each by what its program itself accepts."""

import importlib.util
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import click

from deploy.box.command import HELP
from services.cli import zufall

from .test_documents import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

Words = Sequence[str]
Check = Callable[[Words], None]
"""Raises `AssertionError` or `click.ClickException` if a command with these words makes no sense."""


@dataclass(frozen=True)
class DocumentBlock:
    """A block of code of a page. `language` is empty unless the page names it."""

    page: str
    language: str
    lines: tuple[str, ...]

    @property
    def is_dialogue(self) -> bool:
        """Whether commands stand behind a prompt, with what they print below."""
        return self.lines[0].startswith("$ ")

    @property
    def name(self) -> str:
        return f"{self.page}: {self.lines[0][:60]}"


def blocks() -> Iterator[DocumentBlock]:
    """Yield the fenced and the indented blocks of all pages."""
    for path in PAGES:
        page, text = path.relative_to(ROOT).as_posix(), path.read_text()
        for language, fenced in re.findall(r"^```(\w*)\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
            yield DocumentBlock(page, language, tuple(fenced.splitlines()))
        rest = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
        for indented in re.findall(r"(?:^ *\n)((?:    .*\n)+(?: *\n(?:    .*\n)+)*)", rest, re.MULTILINE):
            lines = [line[4:] for line in indented.splitlines()]
            least = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
            yield DocumentBlock(page, "", tuple(line[least:] for line in lines))


def commands(block: DocumentBlock) -> Iterator[Words]:
    """Yield the simple commands of a block of shell, without assignments before them."""
    for line in _logical_lines(block):
        yield from _simple(_words(line))


def _logical_lines(block: DocumentBlock) -> Iterator[str]:
    """Yield lines without prompts, output, comments and here-documents, with continued ones joined."""
    text = "\n".join(block.lines)
    if block.is_dialogue:
        text = "\n".join(line[2:] for line in block.lines if line.startswith("$ "))
    text = re.sub(r"<<(\w+)\n.*?^\1$", "", text, flags=re.DOTALL | re.MULTILINE).replace("\\\n", " ")
    text = re.sub(r"(?:^|(?<=\s))#\s.*$", "", text, flags=re.MULTILINE)
    yield from filter(str.strip, text.splitlines())


def _words(line: str) -> list[str]:
    """Return the words of a line; `;` stands for every operator that ends a command."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="();<>|&")
    lexer.whitespace_split = True
    lexer.commenters = ""
    return [";" if re.fullmatch(r"[;|&()]+", word) else word for word in lexer]


def _simple(words: Words) -> Iterator[Words]:
    command: list[str] = []
    for word in (*words, ";"):
        if word != ";":
            command.append(word)
            continue
        if found := _without_frame(command):
            yield found
        command = []


def _without_frame(words: list[str]) -> list[str]:
    """Return a command without the words of the shell around it, assignments and redirections."""
    while words and (words[0] in ("{", "}", "do", "done") or re.match(r"\w+=", words[0])):
        words = words[1:]
    if words and words[0] == "for":
        return []
    ends = [place for place, word in enumerate(words) if re.fullmatch(r"[<>]+", word)]
    return words[: ends[0]] if ends else words


# --- what is checked of each program -------------------------------------------------------------


def check(words: Words) -> None:
    """Check a command. Raises `AssertionError` for a program of no class."""
    program, *arguments = words
    if program.endswith("/zufall") and program != "./zufall":
        program = "zufall"
    assert program in CHECKS, f"{program!r} has no class: say in CHECKS how to check it"
    CHECKS[program](arguments)


def _zufall(words: Words) -> None:
    """Parse the words as the command itself does. A file or an id may be an example."""
    command: click.Command = zufall
    context = click.Context(zufall, info_name="zufall")
    rest = list(words)
    while isinstance(command, click.Group) and rest:
        name, *rest = rest
        found = command.get_command(context, name)
        assert found is not None, f"there is no command {name} in {' '.join(words)}"
        command, context = found, click.Context(found, parent=context, info_name=name)
    given, left, _ = command.make_parser(context).parse_args(rest)
    assert not left, f"{left} is too much in {' '.join(words)}"
    context.params.update(given)
    for parameter in command.params:
        value = given.get(parameter.name or "")
        if not isinstance(value, (str, list, tuple)):  # nothing is given, or a flag
            value = ()
        if value and isinstance(parameter.type, (click.Choice, click.IntRange, click.FloatRange)):
            parameter.type_cast_value(context, value)
        if not value and parameter.callback:  # it may refuse that nothing is given
            parameter.callback(context, parameter, None)
        is_flag = isinstance(parameter, click.Option) and parameter.is_flag
        assert value or is_flag or not parameter.required, f"{parameter.name} is missing in {words}"


def _box(words: Words) -> None:
    """Look it up in the help. What is not there, it passes on to `zufall`."""
    if words[0] not in re.findall(r"^  (\w+) ", HELP, re.MULTILINE):
        _zufall(words)


def _make(words: Words) -> None:
    """Check the target, and that the variables do something."""
    makefile = (ROOT / "Makefile").read_text()
    for word in words:
        name, assigned, _ = word.partition("=")
        pattern = rf"\$\({name}\)|if \$\({name}\)" if assigned else rf"^{re.escape(name)}:.*## "
        assert re.search(pattern, makefile, re.MULTILINE), f"make knows no {name}"


def _python(words: Words) -> None:
    """Ask the module for its help, which lists its options. `python` would be one without our packages."""
    if words[:2] == ["-m", "venv"]:
        return
    assert words[0] == "-m"
    assert importlib.util.find_spec(words[1]) is not None
    told = _help_of(words[1])
    for option in (word for word in words[2:] if word.startswith("--")):
        assert re.search(rf"{option}\b", told), f"{words[1]} has no option {option}"


@cache
def _help_of(module: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", module, "--help"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return done.stdout


_KINDS = {
    "deployment": "Deployment",
    "statefulset": "StatefulSet",
    "service": "Service",
    "cronjob": "CronJob",
}


def _kubectl(words: Words) -> None:
    """Check the folders and the objects that it names. It needs a cluster, as tests/kubernetes has."""
    for kind, name in re.findall(r"\b(deployment|statefulset|service|cronjob)/([\w-]+)", " ".join(words)):
        name = name.removesuffix("-$server").removesuffix("-")
        pattern = rf"kind: {_KINDS[kind]}\nmetadata:\n  name: {name}\n"
        assert any(re.search(pattern, path.read_text()) for path in (ROOT / "k8s").rglob("*.yaml")), name
    _files(words)
    if "--" in words and words[words.index("--") + 1] == "zufall":
        _zufall(words[words.index("--") + 2 :])


def _docker(words: Words) -> None:
    """Check what runs in a container of ours. It needs a Docker engine, as tests/containers has."""
    if "zufall" in words and words[0] == "run":
        _zufall(words[words.index("zufall") + 1 :])
    if "exec" in words:
        service = words[words.index("exec") + 1]
        assert f"\n  {service}:" in (ROOT / "deploy" / "compose.yaml").read_text(), service


def _files(words: Words) -> None:
    """Check that files and folders of the project exist that a command of others names."""
    for word in words:
        if re.match(r"(k8s|deploy|web|docs)/", word) and not word.endswith("secrets.env"):
            assert (ROOT / word).exists(), f"{word} does not exist"


OTHERS = (
    *("age", "apt-get", "bash", "cat", "cd", "cp", "createdb", "echo", "git", "grep", "helm", "jq", "kind"),
    *("mkdir", "openssl", "pg_restore", "printf", "sha256sum", "sort", "systemctl", "tail", "$EDITOR"),
)
"""Programs of others, of which only the files of the project that they get are checked.

They need root, a cluster, a checkout elsewhere or a person."""

CHECKS: dict[str, Check] = {
    "zufall": _zufall,
    "./zufall": _box,
    "make": _make,
    ".venv/bin/python": _python,
    "python3": _python,
    "zufall/bin/pip": _files,
    "/opt/zufall/$version/bin/pip": _files,
    "kubectl": _kubectl,
    "docker": _docker,
    **dict.fromkeys(OTHERS, _files),
}
