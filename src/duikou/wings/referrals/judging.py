"""What is told while a referral is typed: the live one, the tier, what a service takes. Pure of writes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _

from duikou.core.faces import words
from duikou.policy.referrals import First, is_drg
from duikou.wings.patients.consents import survivor
from duikou.wings.patients.models import Patient
from duikou.wings.referrals.catalogue import TIERS, cite, conditions, tier, tier_for, tiers
from duikou.wings.referrals.models import Referral, Service


@dataclass(frozen=True, slots=True)
class Judged:
    """How a case fits the tiers: the group, what the pack says, whether an exception needs a reason."""

    tier: str
    problem: str
    told: str
    needs_reason: bool


def judge(direction: str, tier_id: str, code: str, met: Collection[str], specialty: str) -> Judged:
    """The group of a case and what follows: a code decides on it, else what was chosen."""
    found = tier_for(code) or tier(tier_id)
    if found is None:
        return Judged("", code[:3] if code else f"other:{specialty}", _without_drgs(code), False)
    names = {"name": words(found.title), "rule": cite(TIERS)}
    if direction == Referral.Direction.UP:
        if found.first == First.TERTIARY:
            told = _("“%(name)s”可直接上转三级医院（规则 %(rule)s）。") % names
            return Judged(found.id, found.id, told, False)
        if met:
            told = _("“%(name)s”一般病例先在县级诊治，本例符合上转指征（规则 %(rule)s）。") % names
            return Judged(found.id, found.id, told, False)
        told = (
            _("“%(name)s”一般病例先在县级诊治：请勾选上转指征，或写明不按分级的理由（规则 %(rule)s）。")
            % names
        )
        return Judged(found.id, found.id, told, True)
    if met:
        return Judged(found.id, found.id, "", False)
    told = _("下转须诊断明确、病情允许：请勾选下转指征，或写明不按分级的理由（规则 %(rule)s）。") % names
    return Judged(found.id, found.id, told, True)


def _without_drgs(code: str) -> str:
    """That a DRG decides on nothing as long as the pack names none, and who can change it."""
    if not is_drg(code) or any(one.drgs for one in tiers().values()):
        return ""
    return _(
        "政策包的分级病种还没有列出 DRG 组，“%(code)s”不能自动归入：请改填 ICD-10 编码，或在下面选择病种。"
        "各地 DRG 分组方案不同，省级可在本省政策包的 referrals.toml 中为病种填写 drgs（规则 %(rule)s）。"
    ) % {"code": code, "rule": cite(TIERS)}


def unknown_conditions(direction: str, met: Collection[str]) -> set[str]:
    """Conditions that the pack does not have for a direction."""
    return set(met) - set(conditions(direction))


def live_for(patient: Patient, problem: str, without: int | None = None) -> Referral | None:
    """The live referral of a patient for a problem."""
    rows = Referral.objects.filter(
        patient__in={patient.pk, survivor(patient).pk}, problem=problem, state__in=Referral.LIVE
    )
    return rows.exclude(pk=without).select_related("from_hospital", "to_hospital").first()


def fault_of_service(service: Service, direction: str, tier_id: str, urgency: str) -> str:
    """Why a service does not take a case; empty when it does."""
    if service.closed_on is not None:
        return _("“%(name)s”已停止接收。") % {"name": service.name}
    if service.takes not in (direction, Service.Takes.BOTH):
        return _("“%(name)s”只接收%(takes)s的患者。") % {
            "name": service.name,
            "takes": service.get_takes_display(),
        }
    if urgency == Referral.Urgency.EMERGENCY and not service.emergency:
        return _("“%(name)s”不接收急诊转诊，请另选。") % {"name": service.name}
    if service.tiers and tier_id not in service.tiers:
        return _("“%(name)s”不接收这一病种，请另选。") % {"name": service.name}
    return ""
