"""In training, from the report to the appraisal: the acts of every stay, and what only trainees have."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duikou.core.errors import refused
from duikou.core.scope import Actor
from duikou.wings.stays.acts import StayActs, Words
from duikou.wings.training.models import Absence, Appraisal, Rotation, Traineeship
from duikou.wings.training.workflows import TRAINING


class TrainingActs(StayActs[Traineeship, Absence, Appraisal]):
    """Trainees may come to a place without a pairing, rotate, keep a logbook, have two appraisals."""

    def within(self, stay: Traineeship, first: dt.date, last: dt.date, field: str) -> None:
        """Inside the pairing, or inside the place where there is no pairing."""
        place = stay.place
        if stay.pairing is not None:
            super().within(stay, first, last, field)
        elif place is not None and not place.first_day <= first <= last <= place.last_day:
            raise refused(
                field,
                _("%(first)s 至 %(last)s 超出名额的日期 %(from)s 至 %(to)s。请改正日期。")
                % {"first": first, "last": last, "from": place.first_day, "to": place.last_day},
            )

    def stretches(self, stay: Traineeship) -> Sequence[QuerySet[Any]]:
        """Rotations end with the traineeship, too."""
        rotations = Rotation.objects.filter(traineeship=stay, withdrawn_at=None)
        return (*super().stretches(stay), rotations)

    def strayed(self, stay: Traineeship, first: dt.date, last: dt.date) -> object | None:
        """An entry of the logbook stays where it is, too."""
        written = stay.entries
        return (
            super().strayed(stay, first, last)
            or written.filter(on__lt=first).first()
            or written.filter(on__gt=last).first()
        )

    def appraises(self, stay: Traineeship, actor: Actor) -> str:
        """The head of the department appraises, or the supporter's office."""
        teaches = actor.may("training.teach", stay.host_path)
        return "training.teach" if teaches else super().appraises(stay, actor)

    def appraise(self, *, kind: str = Appraisal.Kind.FINAL, **given: Any) -> Appraisal:
        """At half-time or the final one (CME-01 counts that one)."""
        if kind not in Appraisal.Kind.values:
            raise refused("kind", _("没有这种考核。请从列表中选择。"))
        return super().appraise(kind=kind, **given)


ACTS = TrainingActs(
    TRAINING,
    Absence,
    Appraisal,
    Words(
        ended="进修已结束 / the traineeship has ended",
        late=gettext_lazy("报到日期 %(on)s 晚于计划的最后一天 %(last)s。请核对，或撤回后重新申请。"),
        not_come=gettext_lazy("该人员没有报到（%(state)s）。请先登记报到。"),
        no_end=gettext_lazy("该人员尚未报到，不能结束进修。请撤回申请。"),
        early=gettext_lazy("提前结束（计划到 %(day)s）须写明理由。"),
        outside=gettext_lazy("%(first)s 至 %(last)s 超出进修日期 %(from)s 至 %(to)s。"),
        strayed=gettext_lazy("“%(what)s”在更正后的进修日期之外。请先撤回它。"),
        last_day=gettext_lazy("已结束的必须填写最后一天，进修中的不填。"),
        no_year=gettext_lazy("%(year)s 年没有进修：进修日期为 %(first)s 至 %(last)s。"),
        too_soon=gettext_lazy("考核日期 %(on)s 早于报到或考核年度。请改正日期。"),
    ),
)
