"""Take a scheme in: from a folder of tables or from a workbook, checked, whole or not at all."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from duikou.engines.casemix import scheme_book
from duikou.engines.casemix.scheme import texts_check as texts
from duikou.engines.casemix.scheme.check import check
from duikou.engines.casemix.scheme.description import FILE
from duikou.engines.casemix.scheme.load import load
from duikou.engines.casemix.scheme.model import BadScheme, Grade, Problem, Scheme
from duikou.engines.casemix.scheme.tables import VECTORS, Tables
from duikou.engines.casemix.scheme.texts import bad_setting

_PLAIN: Final = re.compile(r"[^\W_][\w. -]*")
"""A name or version that can be part of a folder's name."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A scheme that was taken in, where it lies and what is doubtful about it."""

    scheme: Scheme
    folder: Path
    problems: tuple[Problem, ...]
    new: bool  # False: the same tables were there


class RefusedScheme(BadScheme):
    """A scheme with errors is not taken in; `problems` are all findings."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        errors = [problem for problem in problems if problem.grade is Grade.ERROR]
        super().__init__(texts.refused(len(errors)))
        self.problems = problems


def import_scheme(source: Path, into: Path, *, replace: bool = False) -> Imported:
    """Copy the tables of a folder or a workbook to a folder of their own below `into`."""
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=into, prefix=".import-") as temporary:
        made = Path(temporary) / source.stem if source.is_file() else Path(temporary) / source.name
        if source.is_file():
            scheme_book.read_file(source).write(made)
        else:
            _copy(source, made)
        problems = check(made)
        if any(problem.grade is Grade.ERROR for problem in problems):
            raise RefusedScheme(problems)
        _describe(made)
        scheme = load(made)
        _check_names(scheme)
        folder = into / f"{scheme.name}-{scheme.version}".strip("-")
        if folder.exists():
            if load(folder).checksum == scheme.checksum and not replace:
                return Imported(load(folder), folder, problems, new=False)
            if not replace:
                raise BadScheme(texts.exists(scheme.key, into))
            shutil.rmtree(folder)
        made.rename(folder)
    return Imported(load(folder), folder, problems, new=True)


def _check_names(scheme: Scheme) -> None:
    """Refuse a name or version that would lead out of the folder of schemes."""
    for key, value, needed in (("name", scheme.name, True), ("version", scheme.version, False)):
        if not (_PLAIN.fullmatch(value) or (not value and not needed)):
            raise BadScheme(
                bad_setting(
                    key,
                    "字母、数字、点、连字符，以字母或数字开头",
                    "letters, digits, dots and hyphens, a letter or digit first",
                    value,
                )
            )


def _copy(source: Path, made: Path) -> None:
    tables = Tables(source)
    made.mkdir()
    for name, path in tables.paths.items():
        if name not in VECTORS:
            shutil.copyfile(path, made / path.name)
    if (source / FILE).is_file():
        shutil.copyfile(source / FILE, made / FILE)


def _describe(folder: Path) -> None:
    """State in the description what was only known from the folder, and the checksum."""
    path = folder / FILE
    scheme = load(folder)
    given = path.read_text(encoding="utf-8-sig") if path.is_file() else ""
    stated = {line.partition("=")[0].strip() for line in given.splitlines()}
    wanted = {
        "name": scheme.name,
        "version": scheme.version,
        "form": scheme.form,
        "checksum": scheme.checksum,
    }
    lines = [
        f"{key} = {json.dumps(value, ensure_ascii=False)}"
        for key, value in wanted.items()
        if key not in stated
    ]
    path.write_text("\n".join([*lines, given]), encoding="utf-8")
