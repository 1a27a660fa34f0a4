"""The guide says the same in both languages, and nothing in it points nowhere."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from django.urls import Resolver404, resolve

from duikou.api.root import api
from duikou.cli.main import COMMANDS, Parser

ROOT = Path(__file__).resolve().parents[3]
GUIDE = ROOT / "docs" / "guide"
PAGES = sorted((GUIDE / "zh").glob("*.md")) + sorted((GUIDE / "en").glob("*.md"))
DOCUMENTS = [GUIDE / "README.md", *PAGES]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
OUTSIDE = ("/api/v1/docs", "/api/v1/openapi.json", "/api/v1/uploads")
"""Addresses below the API that are no operations of its document."""
PLACEHOLDERS = {"<id>": "1", "<n>": "1", "<key>": "zhejiang-2014"}
OTHER_COMMANDS = {"make", "curl", "apt-get", "python3", "systemctl", "export", "nginx"}

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.stem}")


def prose(page: Path) -> str:
    return FENCE.sub("", page.read_text("utf-8"))


def shell_lines(page: Path) -> Iterator[list[str]]:
    for language, block in FENCE.findall(page.read_text("utf-8")):
        if language == "sh":
            yield from (shlex.split(line) for line in block.splitlines() if line.strip())


def own_command(words: list[str]) -> tuple[str, list[str]] | None:
    """Name and arguments of a `duikou` command line; variables before it are skipped."""
    rest = [word for word in words if not re.fullmatch(r"[A-Z_]+=.*", word)]
    if not rest or rest[0] not in ("duikou", ".venv/bin/duikou"):
        return None
    for length in (3, 2, 1):
        if (name := " ".join(rest[1 : 1 + length])) in COMMANDS:
            return name, rest[1 + length :]
    raise AssertionError(f"no such command: {' '.join(rest)}")


@cache
def parser_of(name: str) -> argparse.ArgumentParser:
    parser = Parser(prog=name)
    import_module(f"duikou.cli.{COMMANDS[name].module}").add_arguments(parser)
    return parser


def test_both_languages_have_the_same_pages() -> None:
    assert {p.name for p in (GUIDE / "zh").iterdir()} == {p.name for p in (GUIDE / "en").iterdir()}
    index = (GUIDE / "README.md").read_text("utf-8")
    assert all(f"({page.relative_to(GUIDE).as_posix()})" in index for page in PAGES)


@pytest.mark.parametrize("name", sorted(page.name for page in (GUIDE / "zh").glob("*.md")))
def test_both_languages_have_the_same_structure(name: str) -> None:
    def shape(language: str) -> dict[str, object]:
        page = GUIDE / language / name
        text = page.read_text("utf-8")
        return {
            "headings": re.findall(r"^(#+) ", prose(page), re.MULTILINE),
            "blocks": [kind for kind, _block in FENCE.findall(text)],
            "table rows": len(re.findall(r"^\|", text, re.MULTILINE)),
            "addresses": sorted(addresses(page)),
            "links": sorted(re.findall(r"\]\(([^)]+)\)", text)),
        }

    assert shape("zh") == shape("en")


@every_page
def test_every_command_shown_exists(page: Path) -> None:
    for words in shell_lines(page):
        found = own_command(words)
        if found is not None:
            parser_of(found[0]).parse_args(found[1])  # leaves with SystemExit for wrong arguments
        else:
            assert words[0] in OTHER_COMMANDS or words[0].startswith((".venv/bin/", "DUIKOU_")), words
    for text in INLINE.findall(prose(page)):
        if text.startswith("duikou "):
            found = own_command(text.split())
            options = [word for word in found[1] if word.startswith("--")] if found else []
            assert found
            assert set(options) <= parser_of(found[0])._option_string_actions.keys(), text


@every_page
def test_every_make_target_named_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = re.findall(r"\bmake ([a-z-]+)", "\n".join(INLINE.findall(prose(page))))
    named += [words[1] for words in shell_lines(page) if words[0] == "make"]
    assert set(named) <= targets


def addresses(page: Path) -> set[str]:
    """Pages and API operations that a page names, with values for their placeholders."""
    text = page.read_text("utf-8")
    named = {m[1] for m in re.finditer(r"`(?:GET |POST )?(/[^`\s]*)`", prose(page))} | set(
        re.findall(r"\$DUIKOU(/[^\"\s]*)", text)
    )
    for placeholder, value in PLACEHOLDERS.items():
        named = {address.replace(placeholder, value) for address in named}
    return {address.partition("?")[0] for address in named}


@every_page
def test_every_address_named_exists(page: Path) -> None:
    operations = [
        re.sub(r"\{[^}]+\}", "[^/]+", path)
        for path in api.get_openapi_schema(path_prefix="/api/v1/")["paths"]
    ]
    for address in addresses(page):
        if address in ("/api/v1/", "/api/v1/public/"):
            assert any(path.startswith(address) for path in operations)
        elif address.startswith("/api/v1/") and address not in OUTSIDE:
            assert any(re.fullmatch(path, address) for path in operations), address
        else:
            try:
                resolve(address)
            except Resolver404:
                pytest.fail(f"no page answers to {address}")


def variables() -> set[str]:
    """The environment variables that the program reads."""
    found = {"DATABASE_URL", "PORT"}
    for path in (ROOT / "src" / "duikou").rglob("*.py"):
        text = path.read_text("utf-8")
        found |= set(re.findall(r'"(DUIKOU_[A-Z_]+)"', text))
        found |= {f"DUIKOU_{name}" for name in re.findall(r'_kept_secret\("([A-Z_]+)"\)', text)}
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_variable_is_listed(language: str) -> None:
    text = (GUIDE / language / "operations.md").read_text("utf-8")
    listed = re.findall(r"^\| `([A-Z_]+)` \|", text, re.MULTILINE)
    assert sorted(listed) == sorted(variables())


def test_examples_use_known_variables_and_commands() -> None:
    for path in sorted((GUIDE / "examples").iterdir()):
        text = path.read_text("utf-8")
        assert set(re.findall(r"^(DUIKOU_[A-Z_]+|DATABASE_URL|PORT)=", text, re.MULTILINE)) <= variables()
        for line in re.findall(r"^ExecStart\w*=.*/bin/duikou ([^'\n]*)", text, re.MULTILINE):
            found = own_command(["duikou", *shlex.split(line)])
            assert found
            parser_of(found[0]).parse_args(found[1])


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: str(page.relative_to(GUIDE)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", page.read_text("utf-8")):
        assert "://" not in target, "the guide needs no other site"
        assert (page.parent / target.partition("#")[0]).exists(), target


@pytest.mark.parametrize("example", sorted(p.name for p in (GUIDE / "examples").iterdir()))
def test_every_example_is_explained(example: str) -> None:
    if example != "duikou-backup.service":  # started by its timer
        for language in ("zh", "en"):
            assert f"(../examples/{example})" in (GUIDE / language / "operations.md").read_text("utf-8")
