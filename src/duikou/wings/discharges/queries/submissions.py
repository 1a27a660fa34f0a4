"""Submissions and what was found in them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from duikou.core.errors import Denied, Missing
from duikou.core.models import AuditEvent
from duikou.core.scope import Actor, ScopedQuerySet, within
from duikou.core.waiting import Waiting
from duikou.wings.discharges import files
from duikou.wings.discharges.models import QuarantinedRow, Submission
from duikou.wings.discharges.models.submissions import IN_FORCE
from duikou.wings.hospitals.models import Hospital


def submissions(actor: Actor) -> ScopedQuerySet:
    """All submissions of the actor's area, newest month first."""
    found: ScopedQuerySet = Submission.objects.visible_to(actor).select_related(
        "hospital", "hospital__division__parent", "scheme", "submitted_by", "signed_by"
    )
    return found


def submission(actor: Actor, pk: int) -> Submission:
    """One submission. Raises Missing when there is none or it is not in the actor's area."""
    found = submissions(actor).select_related("replaced_by").filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有这个报送批次，或它不在您的范围内。"))
    return found


def may_see_rows(actor: Actor, submission: Submission) -> bool:
    """Whether single rows of this submission may be shown: they speak of patients."""
    return actor.is_system or actor.may_any("discharge.submit", submission.scope_paths())


def quarantine(actor: Actor, submission: Submission, rule: str = "") -> list[QuarantinedRow]:
    """Rows kept apart, in order; none to those who may not see rows of patients."""
    rows = QuarantinedRow.objects.visible_to(actor).filter(submission=submission)
    return [row for row in rows if not rule or rule in row.faults]


def workbook(actor: Actor, submission: Submission) -> tuple[Path, str]:
    """The file of a submission's faults, and a name for it. Raises Denied, Missing."""
    if not may_see_rows(actor, submission):
        raise Denied(_("问题清单含有单个病例，只供报送医院查看。"))
    path = files.workbook(submission)
    if not path.is_file():
        raise Missing(_("这个批次没有问题清单：还没有校验，或没有问题。"))
    return path, f"duikou-faults-{submission.hospital.key}-{submission.period}-{submission.number}.xlsx"


def submitting_hospitals(actor: Actor) -> list[Hospital]:
    """Hospitals for which the actor may submit, by name."""
    return list(
        Hospital.objects.filter(inside(actor, "discharge.submit"), state=Hospital.State.ACTIVE).order_by(
            "name", "pk"
        )
    )


def inside(actor: Actor, permission: str) -> Q:
    """Condition: the hospital itself lies in the actor's area (partners in pairings do not count)."""
    return within(actor.paths(permission), ("scope_path",))


def demonstration_in_force() -> bool:
    """Whether invented stays are among those that figures are computed from."""
    return Submission.objects.filter(demonstration=True, state__in=IN_FORCE).exists()


def events_of(submission: Submission) -> list[AuditEvent]:
    """What was done to a submission, newest first: who sees it may see its history."""
    return list(
        AuditEvent.objects.filter(
            target_type=submission._meta.label_lower, target_id=str(submission.pk)
        ).order_by("-number")[:100]
    )


# ---------------------------------------------------------------- what waits


def waits_for(actor: Actor) -> Iterator[Waiting]:
    """What the actor has to do about submissions; nothing with a count of 0."""
    if not actor.may("discharge.sign"):
        return
    size = Submission.objects.visible_to(actor, "discharge.sign").aggregate(
        checked=Count("pk", filter=Q(state="checked")),
        refused=Count("pk", filter=Q(state="refused", submitted_by=actor.user_id)),
        receiving=Count("pk", filter=Q(state="receiving", submitted_by=actor.user_id)),
    )
    desk = reverse("discharges:list")
    for state, label in (
        ("checked", _("待签发的病案首页")),
        ("refused", _("被拒收的病案首页")),
        ("receiving", _("没有传完的病案首页")),
    ):
        if count := size[state]:
            yield Waiting(f"discharge_{state}", label, count, f"{desk}?state={state}")
