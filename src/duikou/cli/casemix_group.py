"""`duikou casemix group`: a file of front pages to groups, without a database."""

from __future__ import annotations

import argparse
import os
from collections import Counter
from pathlib import Path
from tempfile import NamedTemporaryFile

from duikou.cli.boot import message_language
from duikou.cli.casemix_schemes import add_scheme, load_scheme
from duikou.cli.output import CliError, say, working


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("file", type=Path, metavar="FILE",
        help="病案首页文件（csv、csv.gz、xlsx、parquet）/ file of front pages")  # fmt: skip
    add_scheme(parser)
    parser.add_argument("--out", type=Path, metavar="OUT.csv", required=True,
        help="结果文件：id、mdc、adrg、drg、status / result, in the file's order")  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """0 when every record was read; what became of each is in its status."""
    from duikou.engines.casemix import grouper

    scheme = load_scheme(arguments.scheme)
    out: Path = arguments.out
    counts: Counter[str] = Counter()
    try:
        with NamedTemporaryFile("wb", dir=out.parent, prefix=f".{out.name}.", delete=False) as file:
            part = Path(file.name)
            try:
                with working(f"按 {scheme.key} 分组", f"grouping by {scheme.key}"):
                    for number, frame in enumerate(grouper.group_file(arguments.file, scheme)):
                        frame.write_csv(file, include_header=number == 0)
                        counts.update(dict(frame["status"].value_counts().rows()))
            except BaseException:
                part.unlink()
                raise
        part.chmod(0o666 & ~_umask())
        part.replace(out)  # whole or not at all
    except OSError as error:
        if not error.filename or Path(error.filename) == arguments.file:
            raise
        raise CliError(
            f"{out}：无法写入（{error.strerror}）", f"{out} cannot be written ({error.strerror})"
        ) from error
    _tell(counts)
    return 0


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _tell(counts: Counter[str]) -> None:
    from duikou.engines.casemix.grouper import STATUSES

    english = message_language() == "en"
    total = sum(counts.values())
    say(f"records {total}" if english else f"病案 {total}")
    for status, count in counts.most_common():
        text = STATUSES[status]
        say(f"  {status:<20} {count:>10} {count / total:>8.2%}  {text.en if english else text.zh}")
