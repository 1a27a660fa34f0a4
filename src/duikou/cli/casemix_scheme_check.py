"""`duikou casemix scheme check`: what is wrong or doubtful about a grouping scheme."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from duikou.cli.boot import message_language
from duikou.cli.casemix_schemes import folder_of, told
from duikou.cli.output import CliError, print_json

if TYPE_CHECKING:
    from duikou.engines.casemix.scheme import Problem, Scheme


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("scheme", metavar="DIR",
        help="方案文件夹，或已导入方案的名称 / folder of the scheme or name of an imported one")  # fmt: skip
    parser.add_argument("--dx-codes", type=Path, metavar="TABLE",
        help="再与此诊断编码表比较 / compare with this table of diagnoses too")  # fmt: skip
    parser.add_argument("--px-codes", type=Path, metavar="TABLE",
        help="再与此手术操作编码表比较 / compare with this table of operations too")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="输出 JSON / print JSON")


def run(arguments: argparse.Namespace) -> int:
    """0 when the scheme can be used; 1 when it has errors."""
    from duikou.engines.casemix import scheme

    folder = folder_of(arguments.scheme)
    problems = list(scheme.check(folder))
    usable = not any(problem.grade is scheme.Grade.ERROR for problem in problems)
    loaded = scheme.load(folder) if usable else None
    if loaded:
        for table in (arguments.dx_codes, arguments.px_codes):
            if table:
                problems += _compared(loaded, table, diagnoses=table is arguments.dx_codes)
    english = message_language() == "en"
    if arguments.json:
        print_json(
            {
                "scheme": loaded.key if loaded else None,
                "checksum": loaded.checksum if loaded else None,
                "usable": usable,
                "problems": [
                    {"grade": one.grade, "where": one.where, "zh": one.text.zh, "en": one.text.en}
                    for one in problems
                ],
            }
        )
        return 0 if usable else 1
    if loaded:
        size = scheme.summary(loaded)
        print(f"{loaded.key} · {loaded.form} · {loaded.checksum[:16]}")
        print(size.en if english else size.zh)
    for line in told(problems, english=english):
        print(line)
    return 0 if usable else 1


def _compared(loaded: Scheme, path: Path, *, diagnoses: bool) -> list[Problem]:
    from duikou.engines.casemix import scheme
    from duikou.engines.casemix.codes import BadCodeTable, CodeKind, CodeTable
    from duikou.engines.casemix.scheme.conditions import Kind

    try:
        table = CodeTable.load(path, kind=CodeKind.DIAGNOSIS if diagnoses else CodeKind.OPERATION)
    except BadCodeTable as error:
        zh = "；".join(problem.zh for problem in error.problems)
        raise CliError(f"{path}：{zh}", "; ".join(problem.en for problem in error.problems)) from error
    known = frozenset(table.codes["code"])
    return list(scheme.compare_codes(loaded, Kind.DX if diagnoses else Kind.PX, known, path.name))
