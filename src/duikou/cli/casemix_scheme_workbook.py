"""`duikou casemix scheme workbook`: a scheme as a workbook, to fill in or to hand on."""

from __future__ import annotations

import argparse
from pathlib import Path

from duikou.cli.boot import message_language
from duikou.cli.casemix_schemes import STARTER, folder_of
from duikou.cli.output import CliError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("out", type=Path, metavar="OUT.xlsx", help="写出的工作簿 / workbook to write")
    parser.add_argument("--scheme", metavar="DIR", default=STARTER,
        help="以此方案为样例，默认 starter / scheme to write (default: our own, starter)")  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """0 when the workbook is written."""
    from duikou.engines.casemix import scheme, scheme_book

    out: Path = arguments.out
    if out.suffix.casefold() != ".xlsx":
        raise CliError(f"{out}：文件名应以 .xlsx 结尾", f"{out}: expected a name in .xlsx")
    folder = folder_of(arguments.scheme)
    loaded = scheme.load(folder)
    if loaded.form != "groups":
        raise CliError(
            f"{loaded.key} 是公式形式的方案，没有工作簿形式",
            f"{loaded.key} is a scheme of formulas: it has no form as a workbook",
        )
    content = scheme_book.workbook(folder)
    try:
        out.write_bytes(content)
    except OSError as error:
        raise CliError(
            f"{out}：无法写入（{error.strerror}）", f"{out} cannot be written ({error.strerror})"
        ) from error
    print(f"{out}: {loaded.key}, a sheet for each table" if message_language() == "en"
          else f"{out}：{loaded.key}，每张表一个工作表")  # fmt: skip
    return 0
