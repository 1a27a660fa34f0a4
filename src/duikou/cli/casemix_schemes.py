"""Where grouping schemes lie for the command line: our own, and those that were imported."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from duikou.cli.output import CliError

if TYPE_CHECKING:
    from duikou.engines.casemix.scheme import Problem, Scheme

STARTER = "starter"
MARKS = {"error": "✗", "warning": "!", "note": "·"}


def schemes_folder() -> Path:
    """Return the folder of imported schemes."""
    return Path(os.environ.get("DUIKOU_HOME", "var")).resolve() / "schemes"


def add_scheme(parser: argparse.ArgumentParser) -> None:
    """Add the argument that chooses a scheme."""
    parser.add_argument("--scheme", metavar="DIR", default=STARTER,
        help="分组方案：文件夹，或已导入方案的名称，默认为自带的演示方案 starter / "
        "scheme: a folder or the name of an imported one (default: our own, starter)")  # fmt: skip


def folders() -> Iterator[Path]:
    """Go through the schemes at hand, our own first."""
    from duikou.engines.casemix.data import STARTER as own

    yield own
    if (imported := schemes_folder()).is_dir():
        yield from sorted(path for path in imported.iterdir() if path.is_dir() and path.name[0] != ".")


def folder_of(named: str) -> Path:
    """Find a scheme by its folder or its name."""
    if (path := Path(named)).is_dir():
        return path
    known = list(folders())
    for folder in known:
        if folder.name == named:
            return folder
    names_zh, names_en = "、".join(one.name for one in known), ", ".join(one.name for one in known)
    raise CliError(
        f"没有名为“{named}”的分组方案，也没有这个文件夹。现有：{names_zh}",
        f"there is no scheme “{named}” and no such folder; at hand: {names_en}",
    )


def load_scheme(named: str) -> Scheme:
    """Load a scheme by its folder or its name."""
    from duikou.engines.casemix import scheme

    return scheme.load(folder_of(named))


def told(problems: Sequence[Problem], *, english: bool) -> Iterator[str]:
    """Say each finding in one line."""
    for problem in problems:
        place = f"{problem.where}: " if problem.where else ""
        yield f"{MARKS[problem.grade]} {place}{problem.text.en if english else problem.text.zh}"
