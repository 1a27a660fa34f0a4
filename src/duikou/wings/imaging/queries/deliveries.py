"""Deliveries of pictures: what is being checked, and what was refused, with what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Max, QuerySet
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.scope import Actor
from duikou.wings.imaging.models import Delivery, Study

ADVICE = {
    "identity": gettext_lazy(
        "核对是送错了患者，还是档案有误：档案有误先更正档案，再“重新核对”；送错了由设备改正后重新发送。"
    ),
    "damaged": gettext_lazy("由设备或 PACS 重新导出并发送；收到完好的同一序列后，本条自动了结。"),
    "taken": gettext_lazy("这些 UID 已属于别的患者、医院或已撤下的检查。由设备生成新的 UID 后重新发送。"),
    "off": gettext_lazy("确认来源可靠后，在“影像网关”中启用这个网关，再“重新核对”。"),
    "unknown": gettext_lazy("发送时这个 AE 标题还没有登记。登记后可“重新核对”。"),
    "other": gettext_lazy("按所列原因处理后重新上传或发送。"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One objection in the reader's language."""

    name: str
    words: str


def deliveries(actor: Actor) -> QuerySet[Delivery]:
    """Deliveries of the hospitals whose pictures the actor matches, and the actor's own uploads."""
    rows = Delivery.objects.visible_to(actor).exclude(hospital=None)
    return rows.select_related("hospital", "gateway", "patient").defer("faults_sealed")


def refused(actor: Actor) -> QuerySet[Delivery]:
    """Those that somebody has to do something about."""
    return deliveries(actor).filter(state=Delivery.State.REFUSED)


def delivery(actor: Actor, number: str) -> Delivery:
    """One delivery. Raises Missing for one that the actor does not see."""
    rows = Delivery.objects.visible_to(actor).exclude(hospital=None)
    found = (
        rows.select_related("hospital", "gateway__hospital", "patient", "settled_by", "received_by")
        .filter(number=number)
        .first()
    )
    if found is None:
        raise Missing(_("没有这份收件，或不在您的查看范围内。"))
    return found


def told(found: Delivery) -> list[Told]:
    """What was wrong, file by file."""
    language = get_language() or "zh-hans"
    return [Told(one["name"], one.get(language) or one["zh-hans"]) for one in found.faults]


def became(actor: Actor, found: Delivery) -> QuerySet[Study]:
    """The studies that a delivery became, as far as the actor sees them."""
    return Study.objects.visible_to(actor).filter(study_uid__in=found.studies)


def unknown_senders(actor: Actor) -> list[dict[str, object]]:
    """Titles that nobody has entered, with address and number of series: for whoever enters senders.

    Nothing of the pictures: they belong to no hospital until their sender is entered.
    """
    if not actor.may("study.match"):
        return []
    rows = Delivery.objects.filter(hospital=None, state=Delivery.State.REFUSED)
    return list(
        rows.values("sender", "address")
        .annotate(series=Count("pk"), last=Max("received_at"))
        .order_by("-last")[:50]
    )
