"""`duikou casemix generate`: invented front pages (演示数据) of real hospitals, without a database."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from duikou.cli.output import CliError, working

if TYPE_CHECKING:
    import polars as pl

    from duikou.engines.casemix.generate import Province

SUFFIXES = (".csv", ".csv.gz")
LAYOUTS = ("narrow", "hqms-2020", "hqms-2019", "n041")
SOME = 0.01  # share of faults when none is named


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("what", nargs="?", choices=("province",),
        help="整个省：按医院、月份分文件 / a folder by hospital and month, with the truth")  # fmt: skip
    parser.add_argument("--records", type=int, default=10_000, metavar="N",
        help="病案数 / number of front pages (default: %(default)s)")  # fmt: skip
    parser.add_argument("--seed", type=int, default=2014,
        help="随机种子，相同则文件逐字节相同 / same seed, same bytes (default: %(default)s)")  # fmt: skip
    parser.add_argument("--out", type=Path, required=True, metavar="FILE",
        help=".csv、.csv.gz 文件，或 province 的文件夹 / file, or folder of a province")  # fmt: skip
    parser.add_argument("--layout", choices=LAYOUTS, default="narrow",
        help="版式 / layout (default: %(default)s)")  # fmt: skip
    parser.add_argument("--encoding", choices=("utf-8", "utf-8-sig", "gb18030"), default="utf-8",
        help="编码 / encoding (default: %(default)s)")  # fmt: skip
    parser.add_argument("--core", action="store_true",
        help="只写分组和指标用到的列 / only the columns that grouping and indicators need")  # fmt: skip
    parser.add_argument("--plant", type=float, nargs="?", const=SOME, default=0.0, metavar="SHARE",
        help="植入已知错误，另存真值 / plant known faults (1 %%), told in a file")  # fmt: skip
    parser.add_argument("--per", choices=("hospital-month", "year"), default="hospital-month",
        help="province 的分文件方式 / files of a province (default: %(default)s)")  # fmt: skip
    parser.add_argument("--fill", action="store_true",
        help="给没有综合医院的县补一所“演示医院” / invent one where a county has none")  # fmt: skip
    parser.add_argument("--first-year", type=int, default=2023, metavar="YEAR",
        help="首个出院年份 / first year of discharge (default: %(default)s)")  # fmt: skip
    parser.add_argument("--years", type=int, default=3, metavar="N",
        help="年数 / number of years (default: %(default)s)")  # fmt: skip
    parser.add_argument("--effect", type=float, default=0.04, metavar="SHARE",
        help="支援使县域内住院率提高多少 / added to the in-county rate (default: %(default)s)")  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Write the file or the folder and tell how many records are in it."""
    _check(arguments)
    from duikou.cli.casemix_register import register_province

    where = register_province(
        arguments.seed,
        first_year=arguments.first_year,
        years=arguments.years,
        effect=arguments.effect,
        fill=arguments.fill,
    )
    with working("生成演示病案", "generating invented front pages"), _writable(arguments.out):
        if arguments.what == "province":
            from duikou.engines.casemix.generate.folder import write_folder

            records = write_folder(
                arguments.out,
                where,
                records=arguments.records,
                seed=arguments.seed,
                layout=arguments.layout,
                encoding=arguments.encoding,
                by_year=arguments.per == "year",
                share=arguments.plant,
            )
        else:
            records = _write_file(arguments, where)
    print(f"{arguments.out}: {records} 条虚构病案（演示数据）/ invented front pages")
    return 0


def _check(arguments: argparse.Namespace) -> None:
    """Refuse wishes that cannot be met before anything is written."""
    if arguments.records < 0 or arguments.seed < 0:
        raise CliError("--records 与 --seed 不能为负", "--records and --seed must not be negative")
    if arguments.years < 1 or not 0 <= arguments.effect < 1:
        raise CliError(
            "--years 至少为 1，--effect 应在 0 与 1 之间",
            "--years must be at least one year and --effect from 0 to below 1",
        )
    if not 0 <= arguments.plant <= 0.5:
        raise CliError("--plant 应在 0 与 0.5 之间", "--plant must be from 0 to 0.5")
    if arguments.core and (arguments.layout != "narrow" or arguments.what):
        raise CliError("--core 只用于窄表单个文件", "--core goes with one file of the narrow layout only")
    if arguments.what == "province":
        if arguments.out.exists() and (not arguments.out.is_dir() or any(arguments.out.iterdir())):
            raise CliError(
                f"{arguments.out} 应为新的或空的文件夹",
                f"{arguments.out}: a new or empty folder was expected",
            )
    elif not arguments.out.name.casefold().endswith(SUFFIXES):
        raise CliError(
            f"{arguments.out}：文件名应以 .csv 或 .csv.gz 结尾",
            f"{arguments.out}: expected a name in .csv or .csv.gz",
        )


def _write_file(arguments: argparse.Namespace, where: Province) -> int:
    """Write one file, and beside it what was planted."""
    from duikou.engines.casemix import generate
    from duikou.engines.casemix.generate.folder import in_layout, planted, write_truth
    from duikou.engines.casemix.generate.writer import write

    truths: list[pl.DataFrame] = []
    frames = generate.pages(arguments.records, arguments.seed, within=where, checked=not arguments.core)
    frames = planted(frames, arguments.seed, arguments.plant, arguments.layout, truths)
    frames = in_layout(frames, arguments.layout, where, arguments.seed)
    records = write(arguments.out, frames, encoding=arguments.encoding)
    if arguments.plant:
        write_truth(arguments.out.with_name(f"{arguments.out.name}.truth.csv"), truths)
    return records


@contextmanager
def _writable(path: Path) -> Iterator[None]:
    """Turn a full disk, a read-only or missing folder into a sentence."""
    try:
        yield
    except OSError as error:
        raise CliError(
            f"{path}：无法写入（{error.strerror}），请检查磁盘空间与文件夹",
            f"{path} cannot be written ({error.strerror}): check free space and the folder",
        ) from error
