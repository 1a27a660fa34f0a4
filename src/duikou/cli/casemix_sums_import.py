"""`duikou casemix sums import`: files of sums that provinces sent, checked and taken in."""

from __future__ import annotations

import argparse
from pathlib import Path

from duikou.cli.boot import boot
from duikou.cli.output import CliError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="汇总文件 / files of sums")
    parser.add_argument(
        "--as", dest="username", required=True, metavar="USERNAME", help="接收人账号 / account that receives"
    )
    parser.add_argument(
        "--replace",
        action="store_true",
        help="替换该单位已上报的期间 / replace what the sender sent of the period",
    )


def run(arguments: argparse.Namespace) -> int:
    """0 when all were taken in; CliError names the first that was not, the ones before it stay."""
    boot()
    from duikou.core.errors import DuikouError
    from duikou.core.models import User
    from duikou.core.scope import actor_for
    from duikou.wings.discharges.actions.sums import receive_sums

    user = User.objects.filter(username=arguments.username).first()
    if user is None:
        raise CliError(f"没有账号 {arguments.username}", f"no account {arguments.username}")
    for path in arguments.files:
        try:
            made = receive_sums(
                actor=actor_for(user),
                content=path.read_bytes(),
                filename=path.name,
                replace=arguments.replace,
            )
        except OSError as error:
            raise CliError(f"{path} 读不了：{error}", f"{path} cannot be read: {error}") from error
        except DuikouError as error:
            raise CliError(f"{path}：{error.message}", f"{path}: {error.message}") from None
        print(f"{path}: {made}")
    return 0
