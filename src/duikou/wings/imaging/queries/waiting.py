"""What waits for whom: pictures of gateways to be matched."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from duikou.core.scope import Actor
from duikou.core.waiting import Waiting
from duikou.wings.imaging.queries.deliveries import refused
from duikou.wings.imaging.queries.pictures import unmatched


def waits_for(actor: Actor) -> Iterator[Waiting]:
    """For whoever matches."""
    if actor.may("study.match") and (count := unmatched(actor).count()):
        yield Waiting("study_unmatched", _("份影像待匹配患者"), count, reverse("imaging:unmatched"))
    if actor.may("study.match") and (count := refused(actor).count()):
        yield Waiting("delivery_refused", _("份影像被拒收，待处置"), count, reverse("imaging:refused"))
