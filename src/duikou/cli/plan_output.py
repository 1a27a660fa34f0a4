"""A plan on the terminal: its proof, its levels, what begins and what ends, and why."""

from __future__ import annotations

from collections.abc import Sequence

from duikou.cli.boot import message_language
from duikou.cli.output import fail, say
from duikou.cli.plan_explained import explained
from duikou.engines.pairing.optimise.contradiction import contradiction
from duikou.engines.pairing.optimise.measures import readable
from duikou.engines.pairing.optimise.model import Plan, Problem
from duikou.engines.pairing.optimise.planfile import Pair, PlanFile, plan_file
from duikou.engines.pairing.optimise.problemfile import Source
from duikou.engines.text import Text

REGIMES = {
    "network": Text("网络流", "minimum-cost flow"),
    "exact": Text("整体精确求解", "whole model, exact"),
    "decomposition": Text("分解求解", "decomposition"),
}


def print_plan(problem: Problem, plan: Plan, source: Source, *, explain: bool = False) -> None:
    """Print what the plan file says, for a person."""
    file = plan_file(problem, plan, source)
    _head(file)
    _levels(file)
    _pairs("新增 added", "+", file.added)
    _pairs("取消 dropped", "−", file.dropped)
    _broken(file)
    for one in file.assumed:
        print(f"待定 to be named: {one.name}（--recipient COUNTY:NAME）")
    if explain:
        for line in explained(problem, plan):
            print(_say(line))


def _head(file: PlanFile) -> None:
    print(
        " · ".join(
            part for part in (file.problem.key, file.problem.name, file.problem.source.policy_pack) if part
        )
    )
    proof = "✓ 已证明最优 proved optimal" if file.proved else f"未证明最优 not proved, {file.status.value}"
    regime = REGIMES.get(file.regime, Text(file.regime, file.regime))
    print(f"{proof} · gap {file.gap:.2%} · {_say(regime)} · {file.solver} · {file.seconds:g} s")
    if file.note:
        print(_say(file.note))
    size = file.counts
    print(
        f"结对 pairs {size.pairs}（现 present {size.present}）· 保留 kept {size.kept} · "
        f"新增 added {size.added} · 取消 dropped {size.dropped} · 变动 changes {size.changes}"
    )
    wanted = [one for one in file.coverage if one.least]
    reached = [one for one in wanted if one.after >= one.least]
    missing = [one.name for one in wanted if one.after < one.least]
    tail = f"，未覆盖 uncovered：{'、'.join(missing)}" if missing else ""
    print(f"县（市）counties {len(reached)}/{len(wanted)} 已覆盖 covered{tail}")


def _levels(file: PlanFile) -> None:
    print("\n目标 levels")
    for one in file.levels:
        bound = "" if one.proved else f"（界 bound {readable(one.bound, one.unit)[0]:,}）"
        value, unit = readable(one.value, one.unit)
        print(f"  {_say(one.title)}: {value:,} {_say(unit)}{bound}")


def _pairs(title: str, mark: str, pairs: Sequence[Pair]) -> None:
    if not pairs:
        return
    print(f"\n{title} {len(pairs)}")
    for pair in pairs:
        print(f"  {mark} {pair.supporter} → {pair.recipient}")
        print(f"      {_say(pair.reason)}")


def _broken(file: PlanFile) -> None:
    if not file.breaches:
        print("\n没有违反规则 no rule is broken")
        return
    print(f"\n违反规则 rules broken {len(file.breaches)}")
    for one in file.breaches:
        print(f"  ! {one.rule} {one.name}: {one.found}（{one.least}–{one.most}）")


def print_infeasible(problem: Problem) -> None:
    """Say on stderr why nothing fits: the count, the rules in conflict, what would help."""
    found = contradiction(problem)
    if found is None:  # the solver found none, though the count sees no reason
        fail("没有符合硬性要求的方案 / no plan keeps the hard rules")
        return
    fail(_say(found.message))
    for conflict in found.conflicts:
        if conflict.reason != found.message:
            say(f"  {_say(conflict.reason)}")
        for member in conflict.members:
            say(f"    · {_say(member.title)}")
    if found.relaxations:
        say("可行的办法 / ways out:")
        for way in found.relaxations:
            say(f"  → {_say(way.title)}")


def _say(text: Text) -> str:
    return text.en if message_language() == "en" else text.zh
