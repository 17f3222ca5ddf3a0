"""Writes the page of an export: all of its JSON, for people. It has no script, and shows no picture."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from .readable import LOCAL_SUFFIX, UTC_SUFFIX, visible

_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
body {{ font: 1rem/1.5 sans-serif; max-width: 75rem; margin: 2rem auto; padding-inline: 1rem; }}
table {{ border-collapse: collapse; }}
th, td {{ border: 1px solid #888; padding: 0.25rem 0.5rem; text-align: start; vertical-align: top; }}
dl {{ display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1rem; margin: 0 0 1rem; }}
dt {{ font-weight: 600; }}
dd {{ margin: 0; min-width: 0; }}
section {{ border-inline-start: 3px solid #bbb; padding-inline-start: 1rem; margin-block: 1rem; }}
.text {{ white-space: pre-wrap; overflow-wrap: anywhere; }}
.quiet {{ color: #555; font-size: 0.875rem; }}
.wide {{ overflow-x: auto; }}
</style>
</head>
<body>
"""

_MOST_IN_A_CELL = 12
"""A longer list of names and values gets a section of its own."""

_TITLES = {
    "export": "This export",
    "meetings": "Who met whom",
    "files": "Pictures in this archive",
    "custody": "Who saw and decided what (from the audit log)",
    "case": "The case",
    "more_reports": "Files with the reports of a large case that do not stand on this page",
}

_INTRODUCTION = """<p>This page and <code>case.json</code> say the same. Pictures are files beside them. None
is shown here: open one by its link, if the law lets you. What people wrote stands as they wrote it, and
characters that would be invisible stand by their names, such as [U+202E RIGHT-TO-LEFT OVERRIDE]. Notes, chat
and pictures are what the reporter sent. Only what is marked as proven is more than a claim.</p>
<p><code>SHA256SUMS</code> has the SHA-256 digests of the other files: <code>sha256sum -c SHA256SUMS</code>
compares them. <code>SHA256SUMS.sig</code> is its Ed25519 signature by the key in
<code>signature-key.pem</code>. Ask the operator, by a way that you trust, for the key that
<code>zufall reports export-key</code> prints: it must be the same. <code>openssl pkeyutl -verify -pubin
-inkey signature-key.pem -rawin -in SHA256SUMS -sigfile SHA256SUMS.sig</code> checks the signature, and
<code>zufall reports verify-export FILE</code> checks all of it.</p>
"""


def case_page(title: str, document: Mapping[str, Any]) -> str:
    """Return the page as HTML. Every text in the document is escaped, whoever wrote it."""
    parts = [_HEAD.format(title=_text(title)), f"<h1>{_text(title)}</h1>\n", _INTRODUCTION]
    for name, value in document.items():
        parts.append(f"<h2>{_label(_TITLES.get(name, name))}</h2>\n{_rendered(value)}\n")
    return "".join([*parts, "</body>\n</html>\n"])


def _rendered(value: Any) -> str:
    if isinstance(value, Mapping):
        return _fields(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _list(value)
    return _scalar(value)


def _fields(value: Mapping[str, Any]) -> str:
    """Show short values as a list of names and values, and each long one as a section after it."""
    short = [name for name in _shown(value) if _is_scalar(value[name])]
    rows = "".join(f"<dt>{_label(name)}</dt><dd>{_field(value, name)}</dd>\n" for name in short)
    long = "".join(
        f"<section><h3>{_label(name)}</h3>\n{_rendered(value[name])}</section>\n"
        for name in _shown(value)
        if not _is_scalar(value[name])
    )
    return f"<dl>\n{rows}</dl>\n{long}"


def _list(values: Sequence[Any]) -> str:
    if not values:
        return '<p class="quiet">none</p>'
    if all(isinstance(one, Mapping) and all(map(_fits_a_cell, one.values())) for one in values):
        return _table(values)
    if all(map(_is_scalar, values)):
        return "<ul>" + "".join(f"<li>{_scalar(one)}</li>" for one in values) + "</ul>"
    return "".join(
        f"<section><h4>{number} of {len(values)}</h4>\n{_rendered(one)}</section>\n"
        for number, one in enumerate(values, 1)
    )


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in _shown(row)))
    head = "".join(f'<th scope="col">{_label(name)}</th>' for name in names)
    body = "".join(
        "<tr>" + "".join(f"<td>{_field(row, name)}</td>" for name in names) + "</tr>\n" for row in rows
    )
    return f'<div class="wide"><table>\n<tr>{head}</tr>\n{body}</table></div>'


def _field(of: Mapping[str, Any], name: str) -> str:
    """Show a field. A time stands with its readable forms, and a path leads to its file."""
    value = of.get(name)
    if name + UTC_SUFFIX in of:
        readable = [of[name + suffix] for suffix in (UTC_SUFFIX, LOCAL_SUFFIX) if of.get(name + suffix)]
        return "<br>".join(
            [*map(_text, dict.fromkeys(readable)), f'<span class="quiet">{_scalar(value)}</span>']
        )
    if name == "path" and isinstance(value, str):
        return f'<a href="{escape(value, quote=True)}">{_text(value)}</a>'
    if isinstance(value, Mapping):  # in a cell: a few words each
        return "<br>".join(f"{_label(key)}: {_scalar(one)}" for key, one in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "<br>".join(map(_scalar, value))
    return _scalar(value)


def _shown(of: Mapping[str, Any]) -> list[str]:
    """Return the names of the fields, without readable times, which stand with their times."""
    suffixes = (UTC_SUFFIX, LOCAL_SUFFIX)
    return [
        name for name in of if not any(name.removesuffix(end) in of for end in suffixes if name.endswith(end))
    ]


def _is_scalar(value: Any) -> bool:
    return not isinstance(value, Mapping) and (isinstance(value, str) or not isinstance(value, Sequence))


def _fits_a_cell(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(map(_is_scalar, value.values())) and len(value) <= _MOST_IN_A_CELL
    return _is_scalar(value) or all(map(_is_scalar, value))


def _scalar(value: Any) -> str:
    if value is None or value == "":
        return '<span class="quiet">–</span>'
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f'<bdi class="text" dir="auto">{_text(str(value))}</bdi>'


def _label(name: str) -> str:
    return _text(name.replace("_", " "))


def _text(text: str) -> str:
    return escape(visible(text), quote=True)
