"""Rules of the house that no other tool checks: read from the sources themselves."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SOURCE = ROOT / "src" / "duikou"
FACES = sorted(
    path
    for pattern in ("wings/*/views*", "wings/*/api*", "wings/*/forms*", "web/**/*", "portal/**/*", "api/**/*")
    for found in SOURCE.glob(pattern)
    for path in ([found] if found.is_file() else found.rglob("*.py"))
    if path.suffix == ".py" and path.name != "disclosure.py"  # the one module that reads for the public
)


def attributes(path: Path) -> Iterator[ast.Attribute]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute):
            yield node


@pytest.mark.parametrize("path", FACES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_face_touches_no_unscoped_manager(path: Path) -> None:
    found = [
        f"line {n.lineno}: .{n.attr}" for n in attributes(path) if n.attr in ("objects", "_default_manager")
    ]
    assert not found, f"read through queries.py, write through actions.py: {found}"


def act_names(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "act"
            and node.args
        ):
            first = node.args[0]
            if isinstance(first, ast.Constant):
                yield str(first.value), node.lineno


def test_every_act_has_a_name_of_its_own_form() -> None:
    for path in SOURCE.rglob("*.py"):
        for name, line in act_names(path):
            assert re.fullmatch(r"[a-z_]+\.[a-z_]+", name), f"{path.name}:{line}: {name}"


def committed() -> list[Path]:
    try:
        listing = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, timeout=30
        ).stdout.decode()
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout: the list of committed files is not there")
    return [ROOT / name for name in listing.split("\0") if name]


def test_no_committed_file_is_huge() -> None:
    for path in committed():
        if path.exists() and "vendor" not in path.parts:
            assert path.stat().st_size < 1_000_000, (
                f"{path.relative_to(ROOT)} should be generated or installed"
            )


def test_locks_hold_hashes_and_no_addresses() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        pinned = re.findall(r"^[a-z0-9].*==", text, re.MULTILINE)
        assert len(pinned) > 20
        assert text.count("--hash=sha256:") >= len(pinned)


def test_every_dependency_says_what_it_is_for() -> None:
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    wanted = [
        line for line in lines if re.match(r'\s+"[A-Za-z0-9\[\]-]+[~>=<]?.*",', line) and "==" not in line
    ]
    dependencies = [line for line in wanted if re.search(r'"[a-zA-Z][^"]*(~=|>=)', line)]
    assert len(dependencies) > 20
    assert all("#" in line for line in dependencies), [line for line in dependencies if "#" not in line]
