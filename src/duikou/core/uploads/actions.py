"""Beginning, feeding, finishing, handing over and throwing away uploads."""

from __future__ import annotations

import datetime as dt
import errno
import re
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError
from django.db.models import QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import act, require
from duikou.core.documents import MEGABYTE, clean_name
from duikou.core.errors import Conflict, DuikouError, Invalid, Missing
from duikou.core.models import User
from duikou.core.scope import Actor
from duikou.core.uploads import files
from duikou.core.uploads.models import Upload
from duikou.core.uploads.purposes import purpose

State = Upload.State
DIGEST = re.compile("[0-9a-f]{64}")
YOUNG = dt.timedelta(hours=1)  # a file without a row may be on its way to one


class TooLarge(DuikouError):
    """More bytes than announced, or than a piece may have."""

    status = 413
    code = "too_large"


class Locked(DuikouError):
    """Another request writes at this moment."""

    status = 423
    code = "locked"


class Altered(DuikouError):
    """What arrived is not what was announced (tus: checksum mismatch)."""

    status = 460
    code = "altered"


class NoRoom(DuikouError):
    """The quota or the disk is used up."""

    status = 507
    code = "no_room"


def of(actor: Actor) -> QuerySet[Upload]:
    """The actor's own uploads; nobody sees another's."""
    return Upload.objects.filter(owner_id=actor.user_id or 0)


def find(actor: Actor, key: str) -> Upload:
    """One of the actor's own. Raises Missing for anybody else's, and for what has expired."""
    found = of(actor).filter(key=key).first()
    if found is None:
        raise Missing(_("没有这个上传，或它已过期、已不属于您。请重新选择文件上传。"))
    require(actor, purpose(found.purpose).permission, None)
    return found


def expires(upload: Upload) -> dt.datetime:
    """When an upload is thrown away unless something happens to it."""
    return upload.touched_at + dt.timedelta(days=settings.UPLOAD_DAYS)


def create(*, actor: Actor, name: str, size: int, sha256: str, kind: str) -> Upload:
    """Begin an upload, or find the one of the same content that broke off.

    Raises Invalid for a name, size or digest that cannot be, NoRoom when quota or disk are used up.
    """
    asked = purpose(kind)
    sha256 = sha256.strip().lower()
    require(actor, asked.permission, None)
    _check(name, size, sha256, kind)
    same = of(actor).filter(purpose=kind, sha256=sha256, size=size, state=State.OPEN)
    if (begun := same.first()) is not None:
        return begun
    try:
        with act("upload.create", actor=actor, permission=asked.permission) as event:
            # One after the other for one person: two at once could both pass under the quota.
            User.objects.select_for_update().filter(pk=actor.user_id or 0).first()
            _demand_room(actor, size)
            made = Upload.objects.create(
                owner_id=actor.user_id or 0,
                purpose=kind,
                filename=clean_name(name),
                size=size,
                sha256=sha256,
                touched_at=timezone.now(),
            )
            event.note(made, after={"purpose": kind, "size": size, "sha256": sha256})
    except IntegrityError:  # the same request twice at once
        return same.get()
    return made


def _check(name: str, size: int, sha256: str, kind: str) -> None:
    asked = purpose(kind)
    fields: dict[str, list[str]] = {}
    if not name.strip():
        fields["name"] = [_("缺少文件名。")]
    elif fault := asked.fault_of_name(clean_name(name)):
        fields["name"] = [fault]
    if size < 1:
        fields["size"] = [_("文件为空。请选择有内容的文件。")]
    elif size > asked.most_bytes:
        fields["size"] = [
            _("文件太大：最多 %(most)s MB，实际 %(found)s MB。")
            % {"most": asked.most_bytes // MEGABYTE, "found": -(-size // MEGABYTE)}
        ]
    if not DIGEST.fullmatch(sha256):
        fields["sha256"] = [_("应为文件的 SHA-256，64 位十六进制。")]
    if fields:
        raise Invalid(next(iter(fields.values()))[0], fields=fields)


def _demand_room(actor: Actor, size: int) -> None:
    held = of(actor).filter(state__in=(State.OPEN, State.WHOLE)).aggregate(sum=Sum("size"))["sum"] or 0
    if held + size > settings.UPLOAD_QUOTA_BYTES:
        raise NoRoom(
            _(
                "您未办完的上传共 %(held)s MB，加上这个文件（%(size)s MB）超过每人 %(most)s MB。"
                "请先办完或删除未完成的上传。"
            )
            % {
                "held": held // MEGABYTE,
                "size": -(-size // MEGABYTE),
                "most": settings.UPLOAD_QUOTA_BYTES // MEGABYTE,
            }
        )
    if size > files.room():
        raise _disk_full()


def _disk_full() -> NoRoom:
    return NoRoom(_("服务器存储空间不足，放不下这个文件。请联系系统管理员。"))


def append(
    *, actor: Actor, upload: Upload, offset: int, source: files.Source, length: int, digest: str = ""
) -> int:
    """Write the next piece; returns how much has arrived, all of it safe on the disk.

    Raises Conflict when the piece does not begin where the last one ended, Locked while another request
    writes, TooLarge for more than was announced, Altered when the piece (or in the end the whole file)
    has another digest than announced.
    """
    if upload.state != State.OPEN:
        raise Conflict(_("这个上传已经结束（%(state)s）。") % {"state": upload.get_state_display()})
    try:
        with files.writing(upload.key) as file:
            at = file.tell()
            if offset != at:
                raise Conflict(
                    _("接续位置不对：服务器已收到 %(found)s 字节，请求从 %(given)s 字节开始。请先查询进度。")
                    % {"found": at, "given": offset}
                )
            if at + length > upload.size:
                raise TooLarge(
                    _("内容超过了声明的大小：声明 %(size)s 字节，将达到 %(found)s 字节。")
                    % {"size": upload.size, "found": at + length}
                )
            came, sound = files.pour(source, file, length, digest)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise _disk_full() from error
    except files.Busy:
        raise Locked(_("这个文件正由另一个请求写入，请稍候。")) from None
    Upload.objects.filter(pk=upload.pk).update(touched_at=timezone.now())
    if not sound:
        raise Altered(_("这一段在途中损坏（SHA-256 不符），没有保存。请重发这一段。"))
    if at + came == upload.size:
        settle(actor=actor, upload=upload)
    return at + came


def settle(*, actor: Actor, upload: Upload) -> Upload:
    """Compare the digest of a file that has arrived; nothing happens to one that has not, or is settled.

    Raises Altered when it is another than announced; the bytes are then thrown away.
    """
    if upload.state != State.OPEN or files.arrived(upload.key) < upload.size:
        return upload
    found = files.digest_of(files.path_of(upload.key))  # outside the transaction: it may take seconds
    state = State.WHOLE if found == upload.sha256 else State.DAMAGED
    with act(
        "upload.finish", actor=actor, permission=purpose(upload.purpose).permission, target=upload
    ) as event:
        now = timezone.now()
        rows = Upload.objects.filter(pk=upload.pk, state=State.OPEN)
        if rows.update(state=state, settled_at=now, touched_at=now):
            event.note(upload, after={"state": state, "sha256": found})
    upload.refresh_from_db()
    if upload.state == State.DAMAGED:
        files.remove(upload.key)
        raise Altered(
            _("收齐的文件与声明的 SHA-256 不符：声明 %(said)s…，实际 %(found)s…。请重新上传。")
            % {"said": upload.sha256[:12], "found": found[:12]}
        )
    return upload


def take(*, actor: Actor, key: str, kind: str) -> tuple[Upload, Path]:
    """Hand a finished file to the wing that it is meant for, once; call it inside the wing's act.

    The wing keeps the file by a link or copy of its own (`os.link`) before its transaction ends; what lies
    at the path returned is thrown away later. Raises Missing for another's, Conflict when it is not whole
    or was taken.
    """
    upload = find(actor, key)
    if upload.purpose != kind:
        raise Missing(_("没有这个上传，或它已过期、已不属于您。请重新选择文件上传。"))
    settle(actor=actor, upload=upload)
    if upload.state == State.OPEN:
        raise Conflict(
            _("文件还没有传完：已收到 %(found)s / %(size)s 字节。请继续上传。")
            % {"found": files.arrived(upload.key), "size": upload.size}
        )
    now = timezone.now()
    rows = Upload.objects.filter(pk=upload.pk, state=State.WHOLE)
    if not rows.update(state=State.TAKEN, settled_at=now, touched_at=now):
        raise Conflict(_("这个上传已经结束（%(state)s）。") % {"state": upload.get_state_display()})
    upload.refresh_from_db()
    return upload, files.path_of(upload.key)


def discard(*, actor: Actor, upload: Upload) -> None:
    """Throw an upload of one's own away. Raises Conflict when a wing has taken it."""
    permission = purpose(upload.purpose).permission
    with act("upload.discard", actor=actor, permission=permission, target=upload) as event:
        gone, _rows = Upload.objects.filter(pk=upload.pk).exclude(state=State.TAKEN).delete()
        if not gone:
            raise Conflict(_("文件已被接收，不能再删除。"))
        event.note(before={"purpose": upload.purpose, "size": upload.size, "state": upload.state})
    files.remove(upload.key)


def sweep() -> int:
    """Throw away what nobody went on with, what was taken, files without a row; returns how many."""
    now = timezone.now()
    stale = Upload.objects.filter(touched_at__lt=now - dt.timedelta(days=settings.UPLOAD_DAYS))
    taken = Upload.objects.filter(state=State.TAKEN, touched_at__lt=now - YOUNG)
    keys = {*stale.values_list("key", flat=True), *taken.values_list("key", flat=True)}
    known = set(Upload.objects.values_list("key", flat=True))
    young = (now - YOUNG).timestamp()
    keys |= {key for key, written in files.all_keys() if key not in known and written < young}
    for key in keys:
        Upload.objects.filter(key=key).delete()
        files.remove(key)
    return len(keys)
