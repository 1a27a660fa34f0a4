"""The plan book of a pairing: all its plans on paper, as plain values for the printer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.faces import english, words
from duikou.core.scope import Actor
from duikou.engines.clauses.model import Party
from duikou.wings.agreements.documents import PlanBook, PlanChapter, PlanTable, plan_book
from duikou.wings.pairings.models import Pairing
from duikou.wings.plans.demands import Demands, demands
from duikou.wings.plans.models import SupportPlan, TaskShare, YearTask
from duikou.wings.plans.queries.matrix import Have, gaps
from duikou.wings.plans.queries.milestones import milestones
from duikou.wings.plans.queries.ones import missing_ones
from duikou.wings.plans.queries.plans import OfPairing, of_pairing
from duikou.wings.plans.wording import HAVE, dated, figure, period_words, side_name
from duikou.wings.plans.workflows import PLAN, YEAR_TASK


def printed(actor: Actor, pairing: Pairing, address: str) -> bytes:
    """The plan book as a PDF; `address` is where a code leads to, without the code. Raises Missing."""
    return plan_book(book(actor, pairing, address))


def book(actor: Actor, pairing: Pairing, address: str) -> PlanBook:
    """Its values. Raises Missing while the pairing has no plan of its own."""
    found = of_pairing(actor, pairing)
    first = found.support or next(iter(found.years.values()), None)
    if first is None:
        raise Missing(_("这一对还没有规划可印：请先编制三年规划或年度任务清单。"))
    known = demands(pairing.round.policy_pack)
    plans = [one for one in (*found.development, found.support, *found.years.values()) if one is not None]
    return PlanBook(
        title=_("对口支援规划书"),
        subtitle=f"{pairing.supporter.name} → {pairing.recipient.name}",
        facts=tuple(_facts(found)),
        chapters=tuple(_chapters(found, known)),
        code=first.code,
        address=f"{address}{first.code}",
        moment=timezone.now().replace(microsecond=0),
        signatures=tuple(
            f"{side_name(side)}{_('第一责任人')}" for side in (Party.SUPPORTER, Party.RECIPIENT)
        ),
        marks=tuple(
            _("%(plan)s：%(state)s，没有经双方同意的内容不生效。")
            % {"plan": one.title, "state": PLAN.states[one.state].label}
            for one in plans
            if one.state in ("draft", "offered")
        ),
        demonstration=any(one.demonstration for one in plans),
        language="en" if english() else "zh",
    )


def _facts(found: OfPairing) -> Iterable[tuple[str, str]]:
    pairing, support = found.pairing, found.support
    yield _("支援医院"), pairing.supporter.name
    yield _("受援医院"), pairing.recipient.name
    yield _("结对期限"), f"{dated(pairing.start)} – {dated(pairing.end)}"
    if support is not None:
        for side in support.sides:
            person = getattr(support, f"{side}_president")
            yield f"{side_name(side)}{_('第一责任人')}", person.name if person else "—"
        yield _("状态"), f"{PLAN.states[support.state].label} · {_edition(support)}"


def _edition(plan: SupportPlan) -> str:
    return _("第 %(n)d 版") % {"n": plan.edition} if plan.edition else _("尚无双方同意的版次")


def _chapters(found: OfPairing, known: Demands) -> Iterable[PlanChapter]:
    for plan in found.development:
        yield _aims(plan, known, _("受援医院三年发展规划"))
    if found.support is not None:
        yield _aims(found.support, known, _("三年对口支援规划"))
    yield _responsible(found, known)
    yield _matrix(found, known)
    yield _milestones(found.pairing)
    for year, plan in found.years.items():
        yield _year(plan, year, known)


def _aims(plan: SupportPlan, known: Demands, title: str) -> PlanChapter:
    lines = [
        _("总目标：%(text)s") % {"text": plan.goal or "—"},
        _("重点专科方向：%(text)s") % {"text": plan.direction or "—"},
        _("期限：%(start)s 至 %(end)s；%(state)s，%(edition)s。")
        % {
            "start": dated(plan.start),
            "end": dated(plan.end),
            "state": PLAN.states[plan.state].label,
            "edition": _edition(plan),
        },
    ]
    tables = []
    factors = plan.factors.all()
    if factors:
        tables.append(
            PlanTable(
                (_("因素"), _("情况"), _("来源"), _("年份")),
                tuple(
                    (words(known.word(one.factor)), one.value, one.source, str(one.year)) for one in factors
                ),
                (2, 5, 3, 1),
                _("规划因素"),
            )
        )
    departments = plan.departments.all()
    if departments:
        tables.append(
            PlanTable(
                (_("专科"), _("来源"), _("依据")),
                tuple(
                    (
                        words(known.specialty(one.specialty)),
                        one.get_origin_display(),
                        "；".join(filter(None, (words(one.basis) if one.basis else "", one.reason))),
                    )
                    for one in departments
                ),
                (2, 2, 6),
                _("重点建设科室"),
            )
        )
    return PlanChapter(title, tuple(lines), tuple(tables))


def _responsible(found: OfPairing, known: Demands) -> PlanChapter:
    rows = tuple(
        (
            words(known.specialty(link.specialty)),
            link.supporter_head.name if link.supporter_head else "—",
            link.recipient_head.name if link.recipient_head else "—",
        )
        for link in found.links
    )
    table = PlanTable((_("专科"), _("支援医院科室主任"), _("受援医院科室主任")), rows, (3, 3, 3))
    clause = known.clause("AGR-18")
    return PlanChapter(
        _("共同第一责任"),
        (_("两院院长为结对的共同第一责任人，两院科室主任为科室对口的共同第一责任人（%(clause)s）。")
         % {"clause": clause or "—"},),
        (table,) if rows else (),
    )  # fmt: skip


def _matrix(found: OfPairing, known: Demands) -> PlanChapter:
    rows = tuple(
        (
            words(one.specialty.title),
            str(HAVE[one.recipient.have]),
            _("优势科室") if one.supporter.strength else str(HAVE[one.supporter.have]),
            _("是") if one.planned else "",
        )
        for one in gaps(found.pairing, found.support)
        if one.recipient.have is not Have.UNKNOWN or one.planned
    )
    return PlanChapter(
        _("专科现状"),
        (_("以下专科已有登记或申报；没有登记也没有申报的专科按未知处理，不列入。"),),
        (PlanTable((_("专科"), _("受援医院"), _("支援医院"), _("列入规划")), rows, (4, 2, 2, 2)),)
        if rows
        else (),
    )


def _milestones(pairing: Pairing) -> PlanChapter:
    rows = tuple(
        (
            str(year.year),
            words(one.technique.title),
            one.recipient.get_state_display() if one.recipient else _("未登记"),
            one.task.title if one.task else "—",
        )
        for year, several in milestones(pairing)
        for one in several
    )
    table = PlanTable((_("年度"), _("技术"), _("受援医院现状"), _("承载的年度任务")), rows, (1, 4, 2, 4))
    return PlanChapter(_("技术里程碑"), (), (table,) if rows else ())


def _year(plan: SupportPlan, year: int, known: Demands) -> PlanChapter:
    tasks = list(plan.tasks.exclude(state="dropped").order_by("position").prefetch_related("shares__person"))
    missing = missing_ones(plan)
    lines = [_("目标：%(text)s") % {"text": plan.goal or "—"}]
    if missing:
        lines.append(
            _("“四个一”缺：%(kinds)s") % {"kinds": _("、").join(words(known.word(kind)) for kind in missing)}
        )
    if plan.conclusion:
        lines.append(_("小结：%(text)s") % {"text": plan.conclusion})
    return PlanChapter(
        plan.title,
        tuple(lines),
        parts=tuple(_task(task, known) for task in tasks),
    )


def _task(task: YearTask, known: Demands) -> PlanChapter:
    rows: list[tuple[str, Any]] = [
        (_("“四个一”"), words(known.word(task.one)) if task.one else ""),
        (_("内容"), task.content),
        (_("专科"), words(known.specialty(task.specialty)) if task.specialty else ""),
        (_("技术"), words(known.technique(task.technique)) if task.technique else ""),
        (_("现状基线"), task.baseline),
        (_("目标"), task.target),
        (_("目标数"), f"{figure(task)} · {period_words(task)}" if task.unit else ""),
        (_("所需佐证"), _("、").join(words(known.evidence(one)) for one in task.evidence)),
        (_("责任方"), task.get_owner_display()),
        (_("期限"), dated(task.due)),
        (_("状态"), YEAR_TASK.states[task.state].label),
        (_("完成情况"), task.result),
    ]
    said = PlanTable(
        (_("项目"), _("内容")), tuple((name, str(value)) for name, value in rows if value), (2, 8)
    )
    shares = tuple(_share(one, known) for one in task.shares.all())
    head = (_("所属方"), _("科室"), _("责任人"), _("分工"), _("确认"))
    return PlanChapter(
        f"{task.position}. {task.title}",
        (),
        (said, PlanTable(head, shares, (2, 2, 2, 4, 2))) if shares else (said,),
    )


def _share(one: TaskShare, known: Demands) -> tuple[str, ...]:
    return (
        side_name(one.side),
        words(known.specialty(one.department)),
        one.person.name,
        one.part,
        dated(timezone.localtime(one.confirmed_at).date()) if one.confirmed_at else _("未确认"),
    )
