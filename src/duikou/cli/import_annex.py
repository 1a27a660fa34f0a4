"""`duikou import annex`: a table of pairings into a round, the whole of it or nothing."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from duikou.cli.boot import boot
from duikou.cli.issues import say_issues
from duikou.cli.output import CliError, print_json, progress_bar

if TYPE_CHECKING:
    from duikou.wings.pairings.actions.imports import ImportReport


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("file", type=Path, help="附表文件（csv、xlsx、docx、文本）/ table of pairings")
    parser.add_argument(
        "--round", metavar="KEY", help="轮次标识，默认为当前轮次 / round (default: the current one)"
    )
    parser.add_argument("--dry-run", action="store_true", help="只检查，不写入 / check only, write nothing")
    parser.add_argument("--json", action="store_true", help="输出 JSON / print JSON")


def run(arguments: argparse.Namespace) -> int:
    """0 when the table was imported (or could be, with `--dry-run`); 1 when it has errors."""
    content = arguments.file.read_bytes()
    boot()
    from duikou.core.scope import SYSTEM
    from duikou.wings.pairings.actions.imports import import_annex

    with _reading() as progress:
        report = import_annex(
            actor=SYSTEM,
            round_key=arguments.round or _current_round(),
            content=content,
            filename=arguments.file.name,
            dry_run=arguments.dry_run,
            progress=progress,
        )
    if arguments.json:
        print_json(report.as_json())
    else:
        _print(report)
    return 0 if report.ok else 1


def _current_round() -> str:
    from duikou.wings.pairings.queries import default_round

    round_ = default_round()
    if round_ is None:
        raise CliError(
            "还没有任何轮次，请先运行 duikou setup", "there is no round yet: run duikou setup first"
        )
    return round_.key


@contextmanager
def _reading() -> Iterator[Callable[[int, int | None, str], None]]:
    with progress_bar("读取并核对", "reading and checking") as advance:
        yield lambda done, total, note: advance(done, total)


def _print(report: ImportReport) -> None:
    say_issues(report.issues)
    counts = f"{report.rows} 行 rows · 新增 new {report.created} · 已有 on record {report.already_there}"
    if not report.ok:
        errors = sum(issue.severity == "error" for issue in report.issues)
        print(f"未导入任何内容：{errors} 处错误，见上 / nothing was imported: {errors} errors, see above")
    elif report.dry_run:
        print(f"可以导入（未写入）/ can be imported (nothing written): {counts}")
    else:
        print(f"已导入 / imported: {counts} · 核查发现 findings {report.findings}")
