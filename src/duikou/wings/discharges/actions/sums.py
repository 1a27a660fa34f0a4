"""Sums instead of stays: write a signed file of a period, register who sends, receive and take back."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.actions import act, require_reason
from duikou.core.errors import Conflict, Invalid
from duikou.core.scope import Actor
from duikou.wings.discharges import files, months, storage
from duikou.wings.discharges.models import SumsFile, SumsSender
from duikou.wings.discharges.wording import say

if TYPE_CHECKING:
    from duikou.engines.casemix.store.federated import Contribution

MAX_BYTES = 256 * 1024 * 1024
_KEY = re.compile(r"[0-9a-f]{64}")
_CODE = re.compile(r"\d{6}", re.ASCII)


def signing_key() -> bytes:
    """The private key of this installation (32 bytes), out of its secret."""
    return hashlib.sha256(settings.SUMS_KEY).digest()


def public_key() -> str:
    """What the receiving side registers, hexadecimal."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.from_private_bytes(signing_key())
    return key.public_key().public_bytes_raw().hex()


def export_sums(*, actor: Actor, name: str, first: str, last: str, target: Path, minimum: int = 0) -> int:
    """Write the signed sums of all stays of a period; returns the version of the store.

    No row of a person is in them. `name`: as the receiving side has registered us. Raises
    Denied, Invalid (months, no stays).
    """
    from duikou.engines.casemix.store import federated

    name = name.strip()
    with act("sums.export", actor=actor, permission="discharge.manage") as event:
        start, end = months.parse(first), months.parse(last)
        if start > end:
            text = _("起始月不能晚于终止月。")
            raise Invalid(text, fields={"first": [text]})
        if not name or (fault := guard.fault_of_text(name, 80)):
            text = _("请填写上报单位的名称，与接收方登记的一致。") if not name else fault
            raise Invalid(text, fields={"name": [text]})
        if not 0 <= minimum <= 1000:
            text = _("最小例数应为 0 至 1000 的整数；实际为 %(found)d。") % {"found": minimum}
            raise Invalid(text, fields={"minimum": [text]})
        store = storage.store()
        version = store.version()
        if not any(start <= month <= end for _hospital, month in storage.batches()):
            text = _("%(first)s 至 %(last)s 没有入库的病案首页。") % {
                "first": months.shown(start),
                "last": months.shown(end),
            }
            raise Invalid(text, fields={"first": [text]})
        federated.write(
            store, target, name, signing_key(), as_of=version, minimum=minimum, first=start, last=end
        )
        after = {"first": start, "last": end, "version": version, "sha256": files.digest(target)}
        event.note(label=f"{name} {months.shown(start)} – {months.shown(end)}", after=after)
    return version


def register_sender(*, actor: Actor, name: str, code: str, public_key: str) -> SumsSender:
    """Let a province send: by its name and the public key that its export page shows.

    The same name again gets the new key; files that were signed with the old one stay as
    they were received. Raises Denied, Invalid.
    """
    name, code, public_key = name.strip(), code.strip(), public_key.strip().lower()
    home = _home(actor)
    with act("sums.register", actor=actor, permission="discharge.receive", on=home) as event:
        fields: dict[str, list[str]] = {}
        if not name or (fault := guard.fault_of_text(name, 80)):
            fields["name"] = [_("请填写上报单位的名称。") if not name else fault]
        if not _CODE.fullmatch(code):
            fields["code"] = [_("应为六位区划代码，例如 330000；实际为“%(found)s”。") % {"found": code[:20]}]
        if not _KEY.fullmatch(public_key):
            fields["public_key"] = [_("公钥应为 64 位十六进制数字，见对方的上报页面。")]
        if fields:
            raise Invalid(_("没有登记，请按提示修改。"), fields=fields)
        known = SumsSender.objects.filter(name=name).first()
        if known and known.scope_path != home:
            raise Conflict(_("这个名称已由另一级登记。"))
        values = {
            "code": code,
            "public_key": public_key,
            "scope_path": home,
            "registered_by_id": actor.user_id,
        }
        sender, _made = SumsSender.objects.update_or_create(name=name, defaults=values)
        event.note(
            sender,
            before={"public_key": known.public_key} if known else None,
            after={"code": code, "public_key": public_key},
        )
    return sender


def _home(actor: Actor) -> str:
    """The unit for which somebody receives: the highest where they may."""
    return next(iter(actor.paths("discharge.receive")), actor.home.path if actor.home else "")


def receive_sums(*, actor: Actor, content: bytes, filename: str, replace: bool = False) -> SumsFile:
    """Take a file of sums in: signed by a registered sender, of our definitions, nothing counted twice.

    An earlier file of the same sender is replaced where `replace` says so and the new one
    holds its whole period. Raises Denied, Invalid for a file that cannot be trusted or added,
    Conflict where hospitals and months are there already.
    """
    home = _home(actor)
    with act("sums.receive", actor=actor, permission="discharge.receive", on=home) as event:
        if not content or len(content) > MAX_BYTES:
            text = _("汇总文件应在 1 字节与 %(most)d MB 之间；实际为 %(found)d 字节。") % {
                "most": MAX_BYTES // 1024 // 1024,
                "found": len(content),
            }
            raise Invalid(text, fields={"file": [text]})
        digest = hashlib.sha256(content).hexdigest()
        standing = list(
            SumsFile.objects.select_for_update(no_key=True)
            .filter(scope_path=home, state=SumsFile.State.IN_FORCE)
            .order_by("pk")
        )
        if any(one.sha256 == digest for one in standing):
            raise Conflict(_("同一个汇总文件已经接收，无须再报。"))
        senders = {one.name: one for one in SumsSender.objects.filter(scope_path=home)}
        found = _read(content, senders)
        sender = senders[found.province]
        first, last = _period(found)
        before = [
            one
            for one in standing
            if one.sender_id == sender.pk and one.first_month <= last and first <= one.last_month
        ]
        _require_replaceable(before, first, last, replace=replace)
        _refuse_overlaps(found, [one for one in standing if one not in before])
        path = files.sums_file(digest)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_bytes(content)
        os.replace(draft, path)
        groups = found.sums["groups"]
        made = SumsFile.objects.create(
            scope_path=home,
            sender=sender,
            filename="".join(letter for letter in filename if letter.isprintable())[-200:] or "—",
            sha256=digest,
            first_month=first,
            last_month=last,
            store_version=max(found.version, 0),
            minimum=found.minimum,
            hospitals=groups["hospital"].n_unique(),
            stays=int(groups["cases"].sum()),
            received_by_id=actor.user_id,
        )
        SumsFile.objects.filter(pk__in=[one.pk for one in before]).update(
            state=SumsFile.State.REPLACED, replaced_by=made
        )
        event.note(
            made,
            before={"replaced": [one.sha256[:12] for one in before]},
            after={"sha256": digest, "first": first, "last": last, "stays": made.stays},
        )
    return made


def _read(content: bytes, senders: dict[str, SumsSender]) -> Contribution:
    from duikou.engines.casemix.store import Refused, federated

    files.root().mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=files.root(), prefix="sums-") as folder:
        path = Path(folder) / "sums.zip"
        path.write_bytes(content)
        try:
            found = federated.read(
                path, {name: bytes.fromhex(one.public_key) for name, one in senders.items()}
            )
        except Refused as refused:
            raise Invalid(say(refused.text), fields={"file": [say(refused.text)]}) from None
    if "groups" not in found.sums or found.sums["groups"].is_empty():
        text = _("汇总文件中没有病例。")
        raise Invalid(text, fields={"file": [text]})
    return found


def _period(found: Contribution) -> tuple[int, int]:
    held = found.sums["groups"]["month"]
    return found.first or int(held.min()), found.last or int(held.max())  # type: ignore[arg-type]


def _require_replaceable(before: list[SumsFile], first: int, last: int, *, replace: bool) -> None:
    if not before:
        return
    if not replace:
        raise Conflict(
            _("“%(sender)s”已上报 %(period)s，期间重叠。如要更正，请勾选“替换该单位已上报的期间”。")
            % {"sender": before[0].sender, "period": before[0].period}
        )
    for one in before:
        if one.first_month < first or last < one.last_month:
            raise Conflict(
                _("新文件须包含已上报的整个期间 %(period)s，否则有的月份会丢失。请重新导出。")
                % {"period": one.period}
            )


def _refuse_overlaps(found: Contribution, others: list[SumsFile]) -> None:
    """A hospital's month that somebody else has sent would count twice."""
    from duikou.engines.casemix.store import Refused, federated
    from duikou.wings.discharges.queries.sums import contributions

    try:
        federated.together([found, *contributions(others)])
    except Refused as refused:
        raise Conflict(say(refused.text)) from None


def retract_sums(*, actor: Actor, file: SumsFile, reason: str) -> None:
    """Take a file out of the board, with a reason. Raises Denied, Invalid, Conflict."""
    with act("sums.retract", actor=actor, permission="discharge.receive", on=file) as event:
        reason = require_reason(reason)
        won = SumsFile.objects.filter(pk=file.pk, state=SumsFile.State.IN_FORCE).update(
            state=SumsFile.State.RETRACTED
        )
        if not won:
            raise Conflict(_("这个汇总文件已被替换或撤回。"))
        file.refresh_from_db()
        event.note(before={"state": "in_force"}, after={"state": "retracted"}, reason=reason)
