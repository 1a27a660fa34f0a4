"""A checked submission is signed off by its hospital and committed; committed rows are taken back.

The store's commit is the point of truth: it carries the batch's name, and the registry
is written after it. Whoever is killed between the two leaves a submission `signed`
(or `retracting`); the same step done again finds the commit and only writes the registry.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import act, together
from duikou.core.errors import Conflict, Invalid, Missing
from duikou.core.jobs.actions import request_job
from duikou.core.jobs.models import Job
from duikou.core.scope import SYSTEM, Actor
from duikou.core.workflow import move
from duikou.wings.discharges import files, storage
from duikou.wings.discharges.models import Submission
from duikou.wings.discharges.models.submissions import IN_FORCE
from duikou.wings.discharges.workflows import SUBMISSION


def sign(*, actor: Actor, submission: Submission) -> None:
    """The hospital answers for its rows: they are committed in the background.

    Raises Denied, Invalid without any acceptable row, Conflict in another state, or when a
    later version of the same month is in force (or on its way) already.
    """
    if submission.state == "checked" and not submission.accepted:
        raise Invalid(_("没有一行可以接收，不能签发。请更正后重新上传。"))
    with together():
        # The month's others are locked in one order: of two signatures at once one waits.
        others = list(
            Submission.objects.filter(hospital=submission.hospital_id, month=submission.month)
            .order_by("pk")
            .select_for_update(no_key=True)
        )
        for other in others:
            if other.pk == submission.pk:
                continue
            if other.state in ("signed", "retracting"):
                raise Conflict(
                    _("同一月份的第 %(number)d 版正在入库或撤回，请待其完成。") % {"number": other.number}
                )
            if other.state in IN_FORCE and other.number > submission.number:
                raise Conflict(
                    _("同一月份的第 %(number)d 版已经入库，旧版不能再签发。请重新上传。")
                    % {"number": other.number}
                )
        move(
            SUBMISSION,
            submission,
            "sign",
            actor=actor,
            changes={"signed_by": actor.user_id, "signed_at": timezone.now()},
        )
        _ask_for_commit(actor, submission)


def retract(*, actor: Actor, submission: Submission, reason: str) -> None:
    """Take committed rows out of the store, in the background; history keeps them readable "as of".

    Raises Denied, Invalid without a reason, Conflict in another state.
    """
    with together():
        move(SUBMISSION, submission, "retract", actor=actor, reason=reason)
        _ask_for_commit(actor, submission)


def _ask_for_commit(actor: Actor, submission: Submission) -> None:
    from duikou.wings.discharges.jobs import commit_submission

    job = request_job(
        commit_submission,
        submission.pk,
        actor=actor,
        scope_path=submission.scope_path,
        subject=str(submission),
        dedupe=f"discharge-commit-{submission.pk}",
    )
    Submission.objects.filter(pk=submission.pk).update(job_id=str(job.pk))
    submission.job_id = str(job.pk)


def commit(*, submission_id: int) -> Submission:
    """Bring the store and the registry to what was signed or taken back; safe to repeat."""
    submission = Submission.objects.select_related("hospital").filter(pk=submission_id).first()
    if submission is None:
        raise Missing(_("没有这个报送批次。"))
    if submission.state == "signed":
        version = storage.put(submission)
        _record(submission, version)
    elif submission.state == "retracting":
        version = storage.take_out(submission)
        _record_retraction(submission, version)
    return submission


def _record(submission: Submission, version: int) -> None:
    """Write the registry after the store: the batch is in force, the one before is replaced."""
    now = timezone.now()
    with act("submission.commit", actor=SYSTEM, permission="discharge.sign", on=submission) as event:
        rows = Submission.objects.select_for_update(no_key=True)
        (current,) = rows.filter(pk=submission.pk)
        if current.state != "signed":  # another worker was here first
            submission.refresh_from_db()
            return
        before = rows.filter(
            hospital=submission.hospital_id, month=submission.month, state__in=IN_FORCE
        ).first()
        if before:
            rows.filter(pk=before.pk).update(
                state="replaced", replaced_by=submission.pk, version=before.version + 1
            )
        rows.filter(pk=submission.pk).update(
            state="committed", committed_at=now, store_version=version, version=current.version + 1
        )
        submission.refresh_from_db()
        event.note(
            before={"state": "signed"},
            after={
                "state": "committed",
                "store_version": version,
                "rows": submission.accepted,
                "replaces": before.number if before else None,
            },
        )
    files.forget_source(submission)


def _record_retraction(submission: Submission, version: int) -> None:
    with act("submission.taken_out", actor=SYSTEM, permission="discharge.sign", on=submission) as event:
        won = Submission.objects.filter(pk=submission.pk, state="retracting").update(
            state="withdrawn", store_version=version, version=submission.version + 1
        )
        submission.refresh_from_db()
        if won:
            event.note(before={"state": "retracting"}, after={"state": "withdrawn", "store_version": version})


# ---------------------------------------------------------------- after a crash


@dataclass
class Reconciliation:
    """What came of comparing the registry with the store."""

    asked_again: list[str] = field(default_factory=list)  # steps that nobody was working on
    finished: list[str] = field(default_factory=list)  # in the store already: the registry was written after
    unknown: list[str] = field(default_factory=list)  # in the store, but the registry says otherwise
    missing: list[str] = field(default_factory=list)  # in force by the registry, but not in the store

    @property
    def sound(self) -> bool:
        """Whether both say the same."""
        return not (self.unknown or self.missing)


def reconcile(*, actor: Actor = SYSTEM) -> Reconciliation:
    """Compare the registry with the store, finish what a crash has cut off, and tell what does not fit."""
    found = Reconciliation()
    stored = storage.batches()
    names = set(stored.values())
    for submission in Submission.objects.select_related("hospital").filter(
        state__in=("signed", "retracting")
    ):
        if submission.state == "signed" and submission.batch in names:
            commit(submission_id=submission.pk)
            found.finished.append(submission.batch)
        elif not Job.objects.open().filter(pk=submission.job_id).exists():
            with together():
                _ask_for_commit(actor, submission)
            found.asked_again.append(submission.batch)
    in_force = Submission.objects.filter(state__in=IN_FORCE)
    held = {
        (key, month): batch for batch, key, month in in_force.values_list("batch", "hospital__key", "month")
    }
    found.unknown = sorted(batch for place, batch in stored.items() if held.get(place) != batch)
    found.missing = sorted(batch for place, batch in held.items() if stored.get(place) != batch)
    return found
