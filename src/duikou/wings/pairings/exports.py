"""Proposals out of the program: workbooks, the plan as a file, and the PDF for the meeting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duikou.core.errors import Conflict
from duikou.core.exports import Sheet, text
from duikou.core.pdf import pdf
from duikou.core.scope import Actor
from duikou.engines.pairing.optimise.planfile import write as write_plan
from duikou.engines.pairing.optimise.problemfile import Source
from duikou.wings.pairings.models import Declaration, Proposal, ProposalPair, ProposalResult
from duikou.wings.pairings.outcome import measured
from duikou.wings.pairings.queries.comparison import Comparison
from duikou.wings.pairings.queries.explaining import plan_again
from duikou.wings.pairings.queries.proposals import Summary, pairs, sees_all, summary
from duikou.wings.pairings.workflows import PROPOSAL

Changes = ProposalPair.Change


def words(of: dict[str, Any]) -> str:
    """A text kept in both languages, in that of the request."""
    return str(of.get("en" if _english() else "zh", ""))


def _english() -> bool:
    return (get_language() or "").startswith("en")


def change_label(change: str) -> str:
    """What becomes of a pair, in words; nothing for a pair that is not there."""
    return str(Changes(change).label) if change else ""


# ---------------------------------------------------------------- workbooks


def proposal_sheets(actor: Actor, found: Summary) -> list[Sheet]:
    """A proposal as sheets: overview, pairs, loads. Pairs as far as the actor may see them."""
    rows = pairs(actor, found.proposal).values_list(
        "change", "table", "group", "supporter_name", "recipient_name", "county", "locked", "parts", "reason"
    )
    return [
        Sheet(_("概况"), [_("项目"), _("本轮"), _("方案")], list(_overview(found)), (36, 18, 18)),
        Sheet(
            _("结对"),
            [
                _("变化"), _("表"), _("地区"), _("支援医院"), _("受援医院"), _("受援县（市、区）"), _("指定"),
                _("公里"), _("理由"),
            ],
            (
                [
                    change_label(change), table, group, supporter, recipient, county, locked, _km(parts),
                    words(reason),
                ]
                for change, table, group, supporter, recipient, county, locked, parts, reason in rows
            ),
            (10, 6, 10, 32, 32, 16, 8, 10, 60),
        ),
        Sheet(
            _("支援数"),
            [_("支援医院"), _("规则"), _("至少"), _("至多"), _("本轮"), _("方案")],
            list(_loads(found)),
            (32, 12, 8, 8, 8, 8),
        ),
    ]  # fmt: skip


def _km(parts: dict[str, int]) -> float | None:
    return parts["travel"] / 10 if "travel" in parts else None


def _loads(found: Summary) -> Iterator[list[object]]:
    if not found.figures:
        return
    before, after = (found.figures[side]["loads"] for side in ("before", "after"))
    for one in found.figures["supporters"]:
        yield [
            one["name"], one["rule"], one["least"], one["most"], before.get(one["key"], 0),
            after.get(one["key"], 0),
        ]  # fmt: skip


def _overview(found: Summary) -> Iterator[list[object]]:
    """Lines of the overview: figures before and after, then the levels with their proof."""
    if not found.figures:
        return
    before, after, changes = (found.figures[name] for name in ("before", "after", "changes"))
    for label, name in (
        (_("结对"), "pairs"),
        (_("支援医院"), "supporters"),
        (_("受援医院"), "recipients"),
        (_("支援数不在规定范围的支援医院"), "outside"),
        (_("路程合计（公里）"), "km"),
        (_("最远（公里）"), "km_longest"),
        (_("路程不明的结对"), "km_unknown"),
        (_("满足的科室需求（权重）"), "fit"),
    ):
        if (before[name], after[name]) != (None, None):  # what is not known at all is no line
            yield [label, before[name], after[name]]
    for label, name in (
        (_("有受援医院的县（市）"), "covered"),
        (_("本市的表覆盖的县（市）"), "in_city_table"),
    ):
        totals = [f"{side['counties'][name]} / {side['counties']['total']}" for side in (before, after)]
        yield [label, *totals]
    for change in Changes:
        yield [str(change.label), None, changes[change.value]]


def _measured(unit: Mapping[str, str], *values: int | None) -> list[Any]:
    """The unit in words, then the values in it."""
    read = [(None, {}) if value is None else measured(value, unit) for value in values]
    return [next((words(shown) for _value, shown in read if shown), ""), *(value for value, _unit in read)]


def comparison_sheets(found: Comparison) -> list[Sheet]:
    """Two proposals as sheets: level by level, pair by pair (differing ones first)."""
    one, other = f"{found.first.number} {found.first.name}", f"{found.second.number} {found.second.name}"
    return [
        Sheet(
            _("各级目标"),
            [_("目标"), _("单位"), one, other],
            [
                [words(dict(level.title)), *_measured(level.unit, level.first, level.second)]
                for level in found.levels
            ],
            (40, 14, 20, 20),
        ),
        Sheet(
            _("结对"),
            [_("不同"), _("表"), _("地区"), _("支援医院"), _("受援医院"), _("受援县（市、区）"), one, other],
            [
                [
                    pair.differs, pair.table, pair.group, pair.supporter, pair.recipient, pair.county,
                    change_label(pair.first), change_label(pair.second),
                ]
                for pair in found.pairs
            ],
            (8, 6, 10, 32, 32, 16, 14, 14),
        ),
    ]  # fmt: skip


# ---------------------------------------------------------------- the plan as a file


def plan_json(actor: Actor, found: Summary) -> str:
    """The plan as the file that `duikou pairing audit` judges: for those who see the whole of it."""
    if found.result is None or not sees_all(actor, found.proposal):
        raise Conflict(_("结果已不是最新的，或还没有结果。请重新求解后再导出。"))
    problem, plan = plan_again(found.proposal, found.result)
    round_ = found.proposal.round
    source = Source(round_.policy_pack, round_.start, round_.end)
    return write_plan(problem, plan, source)


# ---------------------------------------------------------------- the PDF


@dataclass(frozen=True, slots=True)
class _Part:
    """A section of the document: sentences, then a table."""

    title: str
    lines: list[str] = field(default_factory=list)
    head: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    widths: list[int] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        return {
            "title": self.title, "lines": self.lines, "head": self.head, "rows": self.rows,
            "widths": self.widths,
        }  # fmt: skip


def explanation_pdf(actor: Actor, pk: int) -> bytes:
    """A proposal explained for the meeting that decides on it; raises Missing, Conflict without a plan."""
    found = summary(actor, pk)
    proposal, result = found.proposal, found.result
    if result is None or not result.has_plan:
        raise Conflict(_("方案还没有经过复核的结果，不能导出说明。请先求解。"))
    template = resources.files("duikou.wings.pairings").joinpath("data", "proposal.typ").read_text("utf-8")
    state = PROPOSAL.states[proposal.state].label
    values = {
        "title": proposal.name,
        "author": proposal.round.org.name,
        "subtitle": _("%(round)s · 方案 %(number)d · %(state)s")
        % {"round": proposal.round, "number": proposal.number, "state": state},
        "header": _("结对方案说明"),
        "mark": _marks(actor, found),
        "lang": "en" if _english() else "zh",
        "region": "gb" if _english() else "cn",
        "conclusion": _conclusion(result),
        "parts": [part.plain() for part in _parts(actor, found, result)],
    }
    return pdf(template, values, moment=result.solved_at)


def _marks(actor: Actor, found: Summary) -> str:
    """What a reader must not overlook."""
    marks = []
    if Declaration.objects.filter(demonstration=True).exists():
        marks.append(_("含演示数据：需求与能力为虚构，不作决策依据。"))
    if found.stale:
        marks.append(_("结果已不是最新的：%(why)s。") % {"why": _("；").join(found.stale)})
    if not sees_all(actor, found.proposal):
        marks.append(_("只列出您范围内的结对；指标是全方案的。"))
    return " ".join(marks)


def _conclusion(result: ProposalResult) -> str:
    solver = {"solver": result.solver, "digest": result.digest[:16]}
    if result.status == ProposalResult.Status.OPTIMAL:
        said = _("已证明最优：在所列要求与目标次序下，没有更好的方案；结果经独立程序由结对逐一复算。")
    else:
        said = _("未证明最优：下表给出每级目标的现值与任何方案都不能低于的下界。")
    return said + _("求解器 %(solver)s，问题指纹 %(digest)s。") % solver


def _parts(actor: Actor, found: Summary, result: ProposalResult) -> Iterator[_Part]:
    yield _Part(
        _("目标与证明"),
        [_("目标按次序严格优先：后一级再多也换不得前一级的一个单位。数值越小越好。")],
        [_("目标"), _("单位"), _("方案"), _("下界"), _("证明")],
        [
            [
                words(level["title"]), *map(str, _measured(level["unit"], level["value"], level["bound"])),
                _("是") if level["value"] == level["bound"] else _("否"),
            ]
            for level in result.levels
        ],
        [6, 3, 2, 2, 1],
    )  # fmt: skip
    overview = [[text(cell) for cell in row] for row in _overview(found)]
    yield _Part(_("与本轮相比"), [], [_("项目"), _("本轮"), _("方案")], overview, [6, 2, 2])
    if result.breaches:
        yield _Part(
            _("仍未满足的规则"),
            [],
            [_("规则"), _("对象"), _("实际"), _("规定")],
            [
                [one["rule"], one["name"], str(one["found"]), f"{one['least']}–{one['most']}"]
                for one in result.breaches
            ],
            [2, 6, 1, 2],
        )
    if found.edits:
        yield _Part(
            _("指定与禁止"),
            [],
            [_("要求"), _("支援医院"), _("受援医院"), _("理由")],
            [[str(e.get_kind_display()), e.supporter_name, e.recipient_name, e.reason] for e in found.edits],
            [1, 4, 4, 5],
        )
    yield from _pair_parts(actor, found.proposal)
    if found.approvals:
        yield _Part(
            _("审批"),
            [],
            [_("审批单位"), _("变动数"), _("批准人"), _("批准时间"), _("意见")],
            [
                [
                    one.org.name,
                    str(one.changes),
                    text(one.decided_by or ""),
                    text(one.decided_at or ""),
                    one.reason,
                ]
                for one in found.approvals
            ],
            [3, 1, 3, 3, 5],
        )


def _pair_parts(actor: Actor, proposal: Proposal) -> Iterator[_Part]:
    """Added and dropped pairs with their reasons, then those that go on."""
    rows = list(pairs(actor, proposal))
    for change, title in (
        (Changes.ADDED, _("新增的结对")),
        (Changes.DROPPED, _("不再保留的结对")),
        (Changes.KEPT, _("保留的结对")),
    ):
        own = [row for row in rows if row.change == change]
        if own:
            yield _Part(
                f"{title}（{len(own)}）",
                [],
                [_("表"), _("支援医院"), _("受援医院"), _("受援县（市、区）"), _("理由")],
                [[_table(row), row.supporter_name, row.recipient_name, row.county, row.why()] for row in own],
                [2, 5, 5, 3, 7],
            )


def _table(row: ProposalPair) -> str:
    return f"{row.table} {row.group}".strip()
