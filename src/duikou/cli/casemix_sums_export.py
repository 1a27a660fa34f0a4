"""`duikou casemix sums export`: the signed sums of a period, to be sent up instead of stays."""

from __future__ import annotations

import argparse
from pathlib import Path

from duikou.cli.boot import boot
from duikou.cli.output import CliError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    add = parser.add_argument
    add("--name", metavar="NAME",
        help="上报单位；省略时显示公钥 / sender; without it: the public key")  # fmt: skip
    add("--from", dest="first", metavar="YYYY-MM", default="", help="起始月 / first month")
    add("--to", dest="last", metavar="YYYY-MM", default="", help="终止月 / last month")
    add("--minimum", type=int, default=0, metavar="N",
        help="少于此数的格子去掉细项 / cells of fewer stays lose their details (default: 0)")  # fmt: skip
    add("--out", type=Path, metavar="FILE", help="写出的 .zip / file to write")


def run(arguments: argparse.Namespace) -> int:
    """0 when the file was written, or the public key printed; CliError otherwise."""
    boot()
    from duikou.core.errors import DuikouError
    from duikou.core.scope import SYSTEM
    from duikou.wings.discharges.actions import sums

    if not arguments.name:
        print(sums.public_key())
        return 0
    if arguments.out is None:
        raise CliError("请用 --out 指明写到哪里", "say with --out where to write")
    try:
        version = sums.export_sums(
            actor=SYSTEM,
            name=arguments.name,
            first=arguments.first,
            last=arguments.last,
            target=arguments.out,
            minimum=arguments.minimum,
        )
    except DuikouError as error:
        raise CliError(str(error.message), str(error.message)) from None
    print(f"{arguments.out}: 存储版本 {version} / version {version} of the store")
    return 0
