"""`duikou user add`: open an account with its first role."""

from __future__ import annotations

import argparse

from duikou.cli.accounts import add_role_arguments, find_org, print_password
from duikou.cli.boot import boot


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("username", help="账号名（英文字母、数字）/ account name")
    parser.add_argument("--name", required=True, help="姓名 / person's name")
    add_role_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Open it and print the one-time password."""
    boot()
    from duikou.core.scope import SYSTEM
    from duikou.wings.people.actions import open_account

    user, password = open_account(
        actor=SYSTEM,
        username=arguments.username,
        display_name=arguments.name,
        role=arguments.role,
        org=find_org(arguments.org),
        valid_to=arguments.until,
    )
    print_password(user.username, password)
    return 0
