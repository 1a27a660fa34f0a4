"""What readings stand on and people decide: organisation codes, residences, mappings of codes."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.actions import act, together
from duikou.core.errors import Conflict, Invalid, Missing
from duikou.core.scope import Actor
from duikou.wings.discharges import files
from duikou.wings.discharges.models import CodeMapping, HospitalCode, ResidenceAlias, ResidenceReview
from duikou.wings.discharges.models.reference import OUTSIDE
from duikou.wings.discharges.wording import say
from duikou.wings.hospitals.models import Hospital
from duikou.wings.places.models import Division

MAX_BYTES = 12 * 1024 * 1024  # of a table of codes


def record_code(*, actor: Actor, hospital_id: int, code: str) -> HospitalCode:
    """Record by which code a hospital calls itself in its files.

    Raises Missing, Denied, Invalid, Conflict when another hospital has the code.
    """
    hospital = Hospital.objects.filter(pk=hospital_id).first()
    if hospital is None:
        raise Missing(_("没有这家医院，或不在您的范围内。"))
    code = code.strip()
    with act("hospital_code.record", actor=actor, permission="discharge.manage", on=hospital) as event:
        if not code or (fault := guard.fault_of_text(code, 60)):
            text = _("请填写组织机构代码，不超过 60 个字符。") if not code else fault
            raise Invalid(text, fields={"code": [text]})
        known = HospitalCode.objects.select_related("hospital").filter(code=code).first()
        if known is not None:
            raise Conflict(
                _("代码 %(code)s 已登记给 %(hospital)s。") % {"code": code, "hospital": known.hospital}
            )
        made = HospitalCode.objects.create(hospital=hospital, code=code, recorded_by_id=actor.user_id)
        event.note(hospital, after={"code": code})
    return made


def decide_residence(*, actor: Actor, review: ResidenceReview, division_code: str) -> int:
    """Say which county a way of writing means (or that it lies outside); learnt for all files to come.

    Returns how many waiting entries it settles. Raises Denied, Invalid.
    """
    if (
        division_code != OUTSIDE
        and not Division.objects.filter(code=division_code, level=Division.Level.COUNTY).exists()
    ):
        raise Invalid(_("请选择县（市、区），或选“区域外”。"))
    with together():
        with act("residence.decide", actor=actor, permission="discharge.manage", on=review) as event:
            ResidenceAlias.objects.update_or_create(
                text=review.text,
                defaults={"division_code": division_code, "decided_by_id": actor.user_id},
            )
            event.note(review, after={"text": review.text, "division": division_code})
        return ResidenceReview.objects.filter(text=review.text, decided=False).update(decided=True)


def import_mapping(*, actor: Actor, kind: str, content: bytes, filename: str) -> CodeMapping:
    """Take a table that turns codes of one edition into those of another; it replaces the one in use.

    It holds for files that are checked from now on. Raises Denied, Invalid with every error.
    """
    import polars as pl

    from duikou.engines.casemix.codes import BadCodeTable, CodeKind, Mapping

    if kind not in CodeMapping.Kind.values:
        raise Invalid(_("请选择类别：诊断或手术操作。"))
    if not content or len(content) > MAX_BYTES:
        text = _("对照表应在 1 字节与 %(most)d MB 之间；实际为 %(found)d 字节。") % {
            "most": MAX_BYTES // 1024 // 1024,
            "found": len(content),
        }
        raise Invalid(text, fields={"file": [text]})
    suffix = ".xlsx" if content.startswith(b"PK") else ".csv"
    with act("code_mapping.import", actor=actor, permission="discharge.manage") as event:
        files.root().mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=files.root(), prefix="mapping-") as folder:
            path = Path(folder) / f"table{suffix}"
            path.write_bytes(content)
            try:
                loaded = Mapping.load(path, kind=CodeKind(kind))
            except BadCodeTable as refused:
                words = [say(problem) for problem in refused.problems][:50]
                raise Invalid(_("对照表没有导入，请按提示修改。"), fields={"file": words}) from None
            CodeMapping.objects.filter(kind=kind, active=True).update(active=False)
            made = CodeMapping.objects.create(
                kind=kind,
                name=filename[-120:] or "—",
                checksum=hashlib.sha256(content).hexdigest(),
                pairs=loaded.pairs.height,
                registered_by_id=actor.user_id,
            )
            editions = {"edition_from": loaded.edition_from, "edition_to": loaded.edition_to}
            target = files.mapping_file(made.pk)
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            loaded.pairs.with_columns(pl.lit(text).alias(name) for name, text in editions.items()).write_csv(
                target
            )
        event.note(made, after={"kind": kind, "pairs": made.pairs})
    return made
