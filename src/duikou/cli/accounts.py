"""What the `user` commands share: finding organisations and accounts by what a person types."""

from __future__ import annotations

import argparse
import datetime as dt
from typing import TYPE_CHECKING

from duikou.cli.output import CliError

if TYPE_CHECKING:
    from duikou.core.models import OrgUnit, User


def add_role_arguments(parser: argparse.ArgumentParser) -> None:
    """`--role`, `--org`, `--until`."""
    parser.add_argument("--role", required=True, help="角色标识，如 city_officer / role id")
    parser.add_argument(
        "--org",
        required=True,
        help="组织名称，如 杭州市；同名时写 杭州市/上城区 / organisation; CITY/COUNTY when ambiguous",
    )
    parser.add_argument("--until", type=day, metavar="YYYY-MM-DD", help="最后一天（含）/ last day")


def day(text: str) -> dt.date:
    """A date as argparse takes it."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"应为 YYYY-MM-DD，实际为“{text}” / expected YYYY-MM-DD, found “{text}”"
        ) from None


def find_org(text: str) -> OrgUnit:
    """The organisation of a name, or of a path of names from above (浙江省/杭州市). Raises CliError."""
    from duikou.core.models import OrgUnit

    *above, name = [part.strip() for part in text.split("/")]
    found = [unit for unit in OrgUnit.objects.filter(name=name) if _lies_below(unit, above)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise CliError(
            f"没有组织“{text}”。请写登记的全称，如 浙江省、杭州市、长兴县、浙江医院",
            f"no organisation “{text}”: give its registered name",
        )
    choices = "；".join(" / ".join(reversed([u.name for u in _upwards(unit)])) for unit in found)
    raise CliError(
        f"“{text}”不止一个：{choices}。请在前面加上级名称，如 杭州市/{name}",
        f"“{text}” is ambiguous: put the name of the unit above in front of it",
    )


def _upwards(unit: OrgUnit) -> list[OrgUnit]:
    chain = [unit]
    while chain[-1].parent is not None:
        chain.append(chain[-1].parent)
    return chain


def _lies_below(unit: OrgUnit, above: list[str]) -> bool:
    names = [one.name for one in _upwards(unit)[1:]]
    return all(name in names for name in above)


def find_user(username: str) -> User:
    """The account of a name. Raises CliError."""
    from duikou.core.models import User

    user = User.objects.filter(username=username).first()
    if user is None:
        raise CliError(f"没有账号“{username}”", f"no account “{username}”")
    return user


def print_password(username: str, password: str) -> None:
    """Print a one-time password; it is kept nowhere else."""
    print(f"账号 / account: {username}\n一次性密码 / one-time password: {password}")
