"""Slides, marks and key images as an actor may see them."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.scope import Actor
from duikou.core.waiting import Waiting
from duikou.wings.imaging.models import Study
from duikou.wings.imaging.queries import studies
from duikou.wings.pathology.models import KeyImage, Mark, Slide
from duikou.wings.patients.models import Patient


def open_studies(actor: Actor) -> QuerySet[Study]:
    """Studies of slides whose pictures the actor may see now: the study and its patient both."""
    seen = Patient.objects.visible_to(actor).values("pk")
    return studies(actor).ready().filter(kind=Study.Kind.SLIDE, patient__in=seen)  # type: ignore[attr-defined]


def own_studies(actor: Actor) -> QuerySet[Study]:
    """Studies of slides of the actor's own hospital, the latest fifty, to put another slide into."""
    held = Study.objects.visible_to(actor, "study.edit").values("pk")
    return open_studies(actor).filter(pk__in=held)[:50]


def slides(actor: Actor) -> QuerySet[Slide]:
    """Slides that the actor may see. Another hospital's only when they passed the gate."""
    held = Study.objects.visible_to(actor, "study.view").values("pk")
    return (
        Slide.objects.filter(study__in=open_studies(actor).values("pk"))
        .filter(Q(state=Slide.State.READY) | Q(study__in=held))
        .select_related("study__hospital", "study__patient")
        .defer("study__patient__identity_sealed", "study__patient__phone_sealed")
    )


def slide(actor: Actor, number: str) -> Slide:
    """One slide. Raises Missing for one that the actor does not see."""
    found = slides(actor).filter(number=number).first()
    if found is None:
        raise Missing(_("没有这张切片，或不在您的查看范围内。"))
    return found


def own(actor: Actor, found: Slide) -> bool:
    """Whether the actor acts for the hospital that holds the slide."""
    return actor.may_any("study.view", found.study.scope_paths())


def marks(found: Slide) -> QuerySet[Mark]:
    """Marks that stand, with their authors."""
    return found.marks.filter(removed_at=None).select_related("author", "hospital")


def mark(actor: Actor, pk: int) -> Mark:
    """One mark that stands, on a slide that the actor may see."""
    rows = Mark.objects.filter(removed_at=None, slide__in=slides(actor).values("pk"))
    found = rows.select_related("slide__study", "author").filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有这个标记，或它已被撤去。"))
    return found


def key_images(found: Slide) -> QuerySet[KeyImage]:
    """Pictures chosen from a slide."""
    return found.key_images.select_related("author", "document")


def key_image(actor: Actor, pk: int) -> KeyImage:
    """One of them, on a slide that the actor may see."""
    rows = KeyImage.objects.filter(slide__in=slides(actor).values("pk"))
    found = rows.select_related("slide__study__patient", "document").filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有这张关键图，或不在您的查看范围内。"))
    return found


def to_decide(actor: Actor) -> QuerySet[Slide]:
    """Slides of the actor's own that the gate doubts."""
    held = Study.objects.visible_to(actor, "study.edit").ready()
    return Slide.objects.filter(state=Slide.State.DOUBTFUL, study__in=held.values("pk"))


def waits_for(actor: Actor) -> Iterator[Waiting]:
    """What the actor has to do; nothing with a count of 0."""
    if actor.may("study.edit") and (count := to_decide(actor).count()):
        url = f"{reverse('pathology:list')}?state=doubtful"
        yield Waiting("slide_doubtful", _("张病理切片质量存疑，待处理"), count, url)
