"""A file arrives: opened, taken piece by piece, complete. Nothing of it is read before it is whole."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from django.conf import settings
from django.db import IntegrityError
from django.db.models import Max
from django.utils.translation import gettext as _

from duikou.core.actions import act, require, together
from duikou.core.errors import Conflict, Invalid, Missing
from duikou.core.jobs.actions import request_job
from duikou.core.scope import Actor
from duikou.core.workflow import move
from duikou.wings.discharges import files, months
from duikou.wings.discharges.models import Submission
from duikou.wings.discharges.models.submissions import IN_FORCE
from duikou.wings.discharges.workflows import SUBMISSION
from duikou.wings.hospitals.models import Hospital

MAX_CHUNK = 8 * 1024 * 1024
ROOM = 3  # times the file's size that must be free: the file, its rows and the workbook of faults
_SHA256 = re.compile(r"[0-9a-f]{64}")


def open_submission(
    *,
    actor: Actor,
    hospital_id: int,
    month: str,
    filename: str,
    size: int,
    sha256: str = "",
    demonstration: bool = False,
) -> Submission:
    """Begin to receive a file for one hospital and month; an unfinished one of the same file goes on.

    Raises Missing for a hospital outside the actor's area, Denied, Invalid (month, size,
    digest, no room), Conflict when exactly this file is in force already.
    """
    hospital = Hospital.objects.filter(pk=hospital_id).select_related("org").first()
    if hospital is None or not (actor.is_system or actor.may_any("discharge.view", hospital.scope_paths())):
        raise Missing(_("没有这家医院，或不在您的范围内。"))
    number_of = months.parse(month)
    sha256 = _digest(sha256)
    with act("submission.open", actor=actor, permission="discharge.submit", on=hospital.scope_path) as event:
        _require_room(size)
        same = Submission.objects.filter(hospital=hospital, month=number_of, sha256=sha256).exclude(sha256="")
        if same.filter(state__in=IN_FORCE).exists():
            raise Conflict(_("同一个文件已经入库，无须再报。如数据有更正，请上传更正后的文件。"))
        if unfinished := same.filter(state="receiving", size=size).first():
            event.note(unfinished, after={"received": unfinished.received})
            return unfinished
        submission = _new(hospital, number_of, filename, size, sha256, actor, demonstration)
        event.note(
            submission,
            after={"filename": submission.filename, "size": size, "month": months.shown(number_of)},
        )
    return submission


def _digest(sha256: str) -> str:
    sha256 = sha256.strip().lower()
    if sha256 and not _SHA256.fullmatch(sha256):
        text = _("SHA-256 应为 64 位十六进制数字；实际为“%(found)s”。") % {"found": sha256[:70]}
        raise Invalid(text, fields={"sha256": [text]})
    return sha256


def _require_room(size: int) -> None:
    most = settings.DISCHARGE_MAX_BYTES
    if not 0 < size <= most:
        text = _("文件应在 1 字节与 %(most)d MB 之间；实际为 %(found)d 字节。请按院、按月分开报送。") % {
            "most": most // 1024 // 1024,
            "found": size,
        }
        raise Invalid(text, fields={"file": [text]})
    if (free := files.free_bytes()) < ROOM * size:
        text = _("服务器磁盘剩余 %(free)d MB，放不下这个文件（须留出 %(needed)d MB）。请联系系统管理员。") % {
            "free": free // 1024 // 1024,
            "needed": ROOM * size // 1024 // 1024 + 1,
        }
        raise Invalid(text, fields={"file": [text]})


def _new(
    hospital: Hospital, month: int, filename: str, size: int, sha256: str, actor: Actor, demonstration: bool
) -> Submission:
    same_month = Submission.objects.filter(hospital=hospital, month=month)
    last = same_month.aggregate(last=Max("number"))["last"] or 0
    try:
        return Submission.objects.create(
            hospital=hospital,
            scope_path=hospital.scope_path,
            month=month,
            number=last + 1,
            filename="".join(letter for letter in filename if letter.isprintable())[-200:] or "—",
            size=size,
            sha256=sha256,
            submitted_by_id=actor.user_id,
            demonstration=demonstration,
        )
    except IntegrityError:
        raise Conflict(_("同一医院同一月份刚有另一个文件开始上传。请刷新后再试。")) from None


def receive_chunk(
    *, actor: Actor, submission: Submission, offset: int, content: bytes, sha256: str = ""
) -> Submission:
    """Take the next piece of a file. Repeating a piece after a broken line does no harm.

    Raises Denied, Invalid for a piece that is empty, too large or damaged on its way, and
    Conflict when another piece is due: then `received` says where to go on.
    """
    require(actor, "discharge.submit", submission.scope_paths())
    if not 0 < len(content) <= MAX_CHUNK:
        raise Invalid(
            _("每段应在 1 字节与 %(most)d MB 之间；实际为 %(found)d 字节。")
            % {"most": MAX_CHUNK // 1024 // 1024, "found": len(content)}
        )
    if (wanted := _digest(sha256)) and hashlib.sha256(content).hexdigest() != wanted:
        raise Invalid(_("这一段在传输中损坏（校验值不符），请重传这一段。"))
    if submission.state != "receiving":
        raise Conflict(
            _("这个批次目前为“%(state)s”，不再接收内容。")
            % {"state": SUBMISSION.states[submission.state].label}
        )
    if offset != submission.received:
        raise _other_piece_due(submission)
    end = offset + len(content)
    if end > submission.size:
        raise Invalid(
            _("文件登记为 %(size)d 字节，这一段将写到 %(end)d 字节。请确认上传的是同一个文件。")
            % {"size": submission.size, "end": end}
        )
    files.write_at(files.source(submission), offset, content)
    due = Submission.objects.filter(pk=submission.pk, state="receiving", received=offset)
    if not due.update(received=end):
        submission.refresh_from_db()
        raise _other_piece_due(submission)
    submission.received = end
    return submission


def _other_piece_due(submission: Submission) -> Conflict:
    return Conflict(
        _("应从第 %(expected)d 字节续传。") % {"expected": submission.received},
    )


def finish_upload(*, actor: Actor, submission: Submission, sha256: str = "") -> Submission:
    """The last piece has come: compare the digest and have the file checked in the background.

    Raises Denied, Conflict while pieces are missing, and Invalid when the file differs from
    what was announced: it is then to be sent again from its beginning.
    """
    require(actor, "discharge.submit", submission.scope_paths())
    if submission.state == "receiving" and submission.received != submission.size:
        raise Conflict(
            _("文件还没有传完：应有 %(size)d 字节，已收到 %(received)d 字节。请从断点续传。")
            % {"size": submission.size, "received": submission.received}
        )
    if submission.state == "receiving":
        found = files.digest(files.source(submission))
        for wanted in filter(None, (_digest(sha256), submission.sha256)):
            if wanted != found:
                Submission.objects.filter(pk=submission.pk, state="receiving").update(received=0)
                raise Invalid(
                    _("收到的文件与原文件不一致（SHA-256 应为 %(wanted)s…，实际为 %(found)s…）。请从头重传。")
                    % {"wanted": wanted[:12], "found": found[:12]}
                )
        if Submission.objects.filter(
            hospital=submission.hospital_id, month=submission.month, sha256=found, state__in=IN_FORCE
        ).exists():
            raise Conflict(_("同一个文件已经入库，无须再报。如数据有更正，请上传更正后的文件。"))
        submission.sha256 = found
    with together():
        move(SUBMISSION, submission, "arrive", actor=actor, changes={"sha256": submission.sha256})
        ask_for_check(actor, submission)
    return submission


def ask_for_check(actor: Actor, submission: Submission) -> None:
    """Have a whole file read and checked in the background."""
    from duikou.wings.discharges.jobs import check_submission

    job = request_job(
        check_submission,
        submission.pk,
        actor=actor,
        scope_path=submission.scope_path,
        subject=str(submission),
        dedupe=f"discharge-check-{submission.pk}",
    )
    Submission.objects.filter(pk=submission.pk).update(job_id=str(job.pk))
    submission.job_id = str(job.pk)


def submit_file(
    *,
    actor: Actor,
    hospital_id: int,
    month: str,
    filename: str,
    chunks: Iterable[bytes],
    size: int,
    demonstration: bool = False,
) -> Submission:
    """Take a whole file at once: a plain form, or the command line. Raises like the steps that it takes."""
    submission = open_submission(
        actor=actor,
        hospital_id=hospital_id,
        month=month,
        filename=filename,
        size=size,
        demonstration=demonstration,
    )
    for chunk in chunks:
        for start in range(0, len(chunk), MAX_CHUNK):
            piece = chunk[start : start + MAX_CHUNK]
            receive_chunk(actor=actor, submission=submission, offset=submission.received, content=piece)
    return finish_upload(actor=actor, submission=submission)


def withdraw(*, actor: Actor, submission: Submission) -> None:
    """Give up a file that was not signed; the record of it stays. Raises Denied, Conflict."""
    move(SUBMISSION, submission, "withdraw", actor=actor)
    files.forget(submission)


def recheck(*, actor: Actor, submission: Submission) -> None:
    """Read and check a file again, e.g. with a new mapping of codes. Raises Denied, Conflict."""
    if not files.source(submission).is_file():
        raise Conflict(_("原文件已按规定删除，请重新上传。"))
    with together():
        submission.quarantine.all().delete()
        submission.fault_counts.all().delete()
        move(SUBMISSION, submission, "recheck", actor=actor, changes={"refusal": None})
        ask_for_check(actor, submission)
