"""`duikou casemix generate`: invented front pages (演示数据) of real hospitals, without a database."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from duikou.cli.output import CliError, working

SUFFIXES = (".csv", ".csv.gz")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("--records", type=int, default=10_000, metavar="N",
        help="病案数 / number of front pages (default: %(default)s)")  # fmt: skip
    parser.add_argument("--seed", type=int, default=2014,
        help="随机种子，相同则文件逐字节相同 / same seed, same bytes (default: %(default)s)")  # fmt: skip
    parser.add_argument("--out", type=Path, required=True, metavar="FILE",
        help="输出文件（.csv 或 .csv.gz）/ file to write (.csv or .csv.gz)")  # fmt: skip
    parser.add_argument("--encoding", choices=("utf-8", "utf-8-sig", "gb18030"), default="utf-8",
        help="编码 / encoding (default: %(default)s)")  # fmt: skip
    parser.add_argument("--core", action="store_true",
        help="只写分组和指标用到的列 / only the columns that grouping and indicators need")  # fmt: skip
    parser.add_argument("--first-year", type=int, default=2023, metavar="YEAR",
        help="首个出院年份 / first year of discharge (default: %(default)s)")  # fmt: skip
    parser.add_argument("--years", type=int, default=3, metavar="N",
        help="年数 / number of years (default: %(default)s)")  # fmt: skip
    parser.add_argument("--effect", type=float, default=0.04, metavar="SHARE",
        help="支援使县域内住院率提高多少 / added to the in-county rate (default: %(default)s)")  # fmt: skip


@contextmanager
def writable(path: Path) -> Iterator[None]:
    """Turn a full disk, a read-only or missing folder into a sentence."""
    try:
        yield
    except OSError as error:
        raise CliError(
            f"{path}：无法写入（{error.strerror}），请检查磁盘空间与文件夹",
            f"{path} cannot be written ({error.strerror}): check free space and the folder",
        ) from error


def run(arguments: argparse.Namespace) -> int:
    """Write the file and tell how many records are in it."""
    from duikou.cli.casemix_register import register_province
    from duikou.engines.casemix import generate
    from duikou.engines.casemix.generate.writer import write

    if arguments.records < 0 or arguments.seed < 0:
        raise CliError("--records 与 --seed 不能为负", "--records and --seed must not be negative")
    if not arguments.out.name.casefold().endswith(SUFFIXES):
        raise CliError(
            f"{arguments.out}：文件名应以 .csv 或 .csv.gz 结尾",
            f"{arguments.out}: expected a name in .csv or .csv.gz",
        )
    if arguments.years < 1 or not 0 <= arguments.effect < 1:
        raise CliError(
            "--years 至少为 1，--effect 应在 0 与 1 之间",
            "--years must be at least one year and --effect from 0 to below 1",
        )
    where = register_province(
        arguments.seed, first_year=arguments.first_year, years=arguments.years, effect=arguments.effect
    )
    made = generate.pages(arguments.records, arguments.seed, within=where, checked=not arguments.core)
    with working("生成演示病案", "generating invented front pages"), writable(arguments.out):
        records = write(arguments.out, made, encoding=arguments.encoding)
    print(f"{arguments.out}: {records} 条虚构病案（演示数据）/ invented front pages")
    return 0
