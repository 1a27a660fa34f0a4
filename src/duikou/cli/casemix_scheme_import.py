"""`duikou casemix scheme import`: take a grouping scheme in, whole or not at all."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from duikou.cli.boot import message_language
from duikou.cli.casemix_schemes import schemes_folder, told
from duikou.cli.output import CliError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("source", type=Path, metavar="SOURCE",
        help="CSV 表的文件夹，或工作簿 .xlsx / folder of CSV tables, or a workbook .xlsx")  # fmt: skip
    parser.add_argument("--into", type=Path, metavar="DIR",
        help="放入此文件夹 / put it here (DUIKOU_HOME/schemes)")  # fmt: skip
    parser.add_argument("--replace", action="store_true",
        help="替换同名同版本的方案 / replace a scheme of the same name and version")  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """0 when the scheme is in; 1 when it has errors and was refused."""
    from duikou.engines.casemix import scheme
    from duikou.engines.casemix.codes import BadCodeTable
    from duikou.engines.casemix.scheme.importing import RefusedScheme, import_scheme

    english = message_language() == "en"
    if not arguments.source.exists():
        raise CliError(f"找不到 {arguments.source}", f"{arguments.source} is not there")
    try:
        found = import_scheme(arguments.source, arguments.into or schemes_folder(), replace=arguments.replace)
    except RefusedScheme as refused:
        for line in told(refused.problems, english=english):
            print(line, file=sys.stderr)
        raise
    except BadCodeTable as refused:
        for problem in refused.problems:
            print(f"✗ {problem.en if english else problem.zh}", file=sys.stderr)
        raise CliError(f"{arguments.source} 未导入", f"{arguments.source} was not imported") from refused
    size = scheme.summary(found.scheme)
    if found.new:
        print(f"imported {found.scheme.key}" if english else f"已导入 {found.scheme.key}")
    else:
        print(f"{found.scheme.key} is there already" if english else f"{found.scheme.key} 已经导入过")
    print(f"  {found.folder}")
    print(f"  {size.en if english else size.zh}")
    for line in told(found.problems, english=english):
        print(f"  {line}")
    return 0
