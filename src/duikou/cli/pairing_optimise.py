"""`duikou pairing optimise`: a proposal from the loaded round, a table of pairings or a problem file."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from duikou.cli.accounts import day
from duikou.cli.output import CliError, say

if TYPE_CHECKING:
    from duikou.engines.pairing.optimise.model import Plan, Problem
    from duikou.engines.pairing.optimise.options import Options
    from duikou.engines.pairing.optimise.problemfile import Source

PACK = "zhejiang-2014"
INTERRUPTED = 130


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument(
        "file",
        nargs="?",
        type=Path,
        help="结对表（csv、xlsx、docx、文本）或问题文件 PROBLEM.json，不需要数据库 / "
        "table of pairings or problem file; read without database",
    )
    parser.add_argument(
        "--round", metavar="KEY", help="轮次标识，默认为当前轮次 / round (default: the current one)"
    )
    parser.add_argument(
        "--as-of",
        type=day,
        metavar="YYYY-MM-DD",
        help="从此日的结对出发 / start from the pairs of this day",
    )
    parser.add_argument(
        "--pack", metavar="ID", help=f"政策包（只用于结对表）/ policy pack, for a table (default: {PACK})"
    )
    parser.add_argument(
        "--lock", action="append", default=[], metavar="A:B",
        help="锁定一对：支援医院:受援医院（名称或标识，可多次）/ keep or make this pair",
    )  # fmt: skip
    parser.add_argument(
        "--forbid", action="append", default=[], metavar="A:B", help="禁止一对（可多次）/ forbid this pair"
    )
    parser.add_argument(
        "--max-changes", type=_whole, metavar="K", help="最多变动几对 / at most so many pairs begun and ended"
    )
    parser.add_argument(
        "--max-distance", type=_whole, metavar="KM", help="最大公里数 / no pair farther apart by road"
    )
    parser.add_argument(
        "--recipient", action="append", default=[], metavar="COUNTY:NAME",
        help="为县（市）指定一所受援医院（可多次）/ a hospital that may be recipient there",
    )  # fmt: skip
    parser.add_argument(
        "--without", action="append", default=[], metavar="RULE",
        help="不计此规则（可多次），如 PAIR-04 / leave this rule out",
    )  # fmt: skip
    parser.add_argument(
        "--seconds", type=_seconds, default=60, metavar="S", help="求解时限 / time limit (default: 60)"
    )
    parser.add_argument("--json", action="store_true", help="输出 JSON / print the plan as JSON")
    parser.add_argument("--out", type=Path, metavar="PLAN.json", help="写入方案文件 / write the plan file")
    parser.add_argument(
        "--save-problem", type=Path, metavar="PROBLEM.json", help="写出问题文件 / write the problem file"
    )
    parser.add_argument("--explain", action="store_true", help="逐对说明 / explain each pair and each rule")


def run(arguments: argparse.Namespace) -> int:
    """0 when there is a checked plan; 1 when nothing fits or the solver failed; 130 when stopped by hand."""
    from duikou.cli.plan_output import print_infeasible, print_plan
    from duikou.cli.watching import watched
    from duikou.engines.pairing.optimise.model import Status
    from duikou.engines.pairing.optimise.planfile import write
    from duikou.engines.pairing.optimise.problemfile import write_problem

    task = _task(arguments)
    if arguments.save_problem:
        _save(arguments.save_problem, write_problem(task.problem, task.source))
    plan = watched(task.problem, arguments.seconds)
    if plan.status is Status.INFEASIBLE:
        print_infeasible(task.problem)
        return 1
    if not _usable(plan):
        note = plan.note
        raise CliError(
            note.zh if note else "求解没有得到方案，请重试或增加 --seconds",
            note.en if note else "no plan was found: try again, or give more --seconds",
        )
    text = write(task.problem, plan, task.source)
    if arguments.out:
        _save(arguments.out, text)
    if arguments.json:
        print(text, end="")
    else:
        print_plan(task.problem, plan, task.source, explain=arguments.explain)
    return INTERRUPTED if plan.status is Status.CANCELLED else 0


@dataclass(frozen=True, slots=True)
class _Task:
    problem: Problem
    source: Source


def _usable(plan: Plan) -> bool:
    """Whether there are pairs, and the check agrees with what the solver says of them."""
    from duikou.engines.pairing.optimise.model import Status

    return plan.status is not Status.FAILED and bool(plan.values) and plan.verified


def _task(arguments: argparse.Namespace) -> _Task:
    if arguments.file is None:
        if arguments.pack:
            raise CliError("--pack 只用于结对表文件", "--pack needs a table of pairings")
        return _loaded(arguments)
    if arguments.round:
        raise CliError("--round 不能与文件同用", "--round does not go with a FILE")
    if arguments.file.suffix.casefold() == ".json":
        return _from_problem(arguments)
    return _from_table(arguments)


def _loaded(arguments: argparse.Namespace) -> _Task:
    """The problem of a round on record."""
    from duikou.cli.boot import boot

    boot()
    from duikou.engines.pairing.optimise.problemfile import Source
    from duikou.wings.pairings.optimising import problem_for
    from duikou.wings.pairings.queries.rounds import check_day, default_round, round_named

    round_ = round_named(arguments.round) if arguments.round else default_round()
    if round_ is None:
        raise CliError(
            "还没有任何轮次，请先运行 duikou setup", "there is no round yet: run duikou setup first"
        )
    check_day(round_, arguments.as_of)
    source = Source(round_.policy_pack, arguments.as_of or round_.start, round_.end)
    return _Task(problem_for(round_, _options(arguments), as_of=arguments.as_of), source)


def _from_table(arguments: argparse.Namespace) -> _Task:
    """The problem of a table of pairings, without database."""
    from duikou.cli.offline import first_day, read_table, round_of
    from duikou.cli.offline_plans import facts_on
    from duikou.engines.pairing.optimise.build import problem_of
    from duikou.engines.pairing.optimise.problemfile import Source
    from duikou.policy.loader import load_pack

    pack = load_pack(arguments.pack or PACK)
    on = arguments.as_of or first_day(pack)
    tables = round_of(read_table(arguments.file), pack, on)
    source = Source(pack.id, tables.start, tables.end)
    facts = facts_on(tables, on)
    return _Task(problem_of(tables, pack.audit_rules(on), facts, _options(arguments)), source)


def _from_problem(arguments: argparse.Namespace) -> _Task:
    """A problem as it was written, with further wishes."""
    from duikou.engines.pairing.optimise.problemfile import read_problem
    from duikou.engines.pairing.optimise.wishes import with_wishes

    for name in ("pack", "as_of", "recipient", "without", "max_distance"):
        if getattr(arguments, name):
            option = f"--{name.replace('_', '-')}"
            raise CliError(f"{option} 不能与问题文件同用", f"{option} does not go with a problem file")
    problem, source = read_problem(arguments.file.read_bytes())
    options = _options(arguments)
    return _Task(with_wishes(problem, options.locks, options.prohibitions, options.max_changes), source)


def _options(arguments: argparse.Namespace) -> Options:
    from duikou.engines.pairing.optimise import texts_problem as texts
    from duikou.engines.pairing.optimise.naming import split_pair
    from duikou.engines.pairing.optimise.options import Options

    return Options(
        locks=tuple(split_pair(text, texts.LOCK) for text in arguments.lock),
        prohibitions=tuple(split_pair(text, texts.PROHIBITION) for text in arguments.forbid),
        recipients=tuple(split_pair(text, texts.NAMED) for text in arguments.recipient),
        max_changes=arguments.max_changes,
        max_distance=None if arguments.max_distance is None else arguments.max_distance * 1000,
        off=frozenset(arguments.without),
    )


def _save(path: Path, text: str) -> None:
    """Write a file as a whole or not at all."""
    draft = path.with_name(f".{path.name}.part")
    draft.write_text(text, "utf-8")
    draft.replace(path)
    say(f"✓ {path}")


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"应为0或正整数 / expected a whole number of 0 or more: {text!r}")
    return int(text)


def _seconds(text: str) -> int:
    if (value := _whole(text)) < 1:
        raise argparse.ArgumentTypeError("应为1或以上 / expected 1 or more")
    return value
