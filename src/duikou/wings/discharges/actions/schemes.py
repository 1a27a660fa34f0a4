"""Grouping schemes: registered, imported, brought into force, compared over a year."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

from duikou.core.actions import act
from duikou.core.errors import Conflict, Invalid
from duikou.core.jobs.actions import request_job
from duikou.core.models import OrgUnit
from duikou.core.scope import SYSTEM, Actor
from duikou.engines.text import Text
from duikou.wings.discharges import files, reference
from duikou.wings.discharges.models import Regrouping, Scheme, Submission
from duikou.wings.discharges.models.submissions import IN_FORCE
from duikou.wings.discharges.wording import say

if TYPE_CHECKING:
    from duikou.engines.casemix import scheme as engine

LONG_AGO = dt.date(2000, 1, 1)  # our own scheme is in force until another one is


def register_starter() -> Scheme:
    """Register the scheme that comes with the program; one that is there already follows its tables."""
    from duikou.engines.casemix import scheme as engine
    from duikou.engines.casemix.data import STARTER

    known = Scheme.objects.filter(key=reference.STARTER).first()
    loaded = engine.load(STARTER)
    if known and known.checksum == loaded.checksum:
        return known
    with act("scheme.register", actor=SYSTEM, permission="discharge.manage") as event:
        scheme, _made = Scheme.objects.update_or_create(
            key=reference.STARTER, defaults={**_described(loaded), "active_from": LONG_AGO}
        )
        event.note(scheme, after={"checksum": scheme.checksum})
    return scheme


def _described(loaded: engine.Scheme) -> dict[str, object]:
    return {
        "name": loaded.name,
        "edition": loaded.version,
        "title_zh": loaded.title.zh,
        "title_en": loaded.title.en,
        "checksum": loaded.checksum,
        "source": loaded.source[:300],
        "official": loaded.official,
        "counts": {
            "mdc": len({section.mdc for section in loaded.sections}),
            "adrg": len({rule.adrg for _section, rule in loaded.rules()}),
            "drg": len(loaded.drgs()),
        },
    }


def key_of(name: str, edition: str) -> str:
    """The key (and folder) of a scheme: its name and version in letters, digits and hyphens."""
    return slugify(f"{name}-{edition}".replace(".", "-"), allow_unicode=False)[:80]


MAX_BYTES = 12 * 1024 * 1024  # of a workbook


def import_scheme(*, actor: Actor, content: bytes, filename: str) -> tuple[Scheme, list[Text]]:
    """Take a scheme in from a workbook: checked, whole or not at all; it is not in force yet.

    Returns it with what is doubtful about it. Raises Denied, Invalid with every error,
    Conflict when another scheme has this name and version.
    """
    from duikou.engines.casemix import scheme as engine
    from duikou.engines.casemix.codes import BadCodeTable
    from duikou.engines.casemix.scheme.importing import RefusedScheme
    from duikou.engines.casemix.scheme.importing import import_scheme as take

    if not content or len(content) > MAX_BYTES:
        text = _("工作簿应在 1 字节与 %(most)d MB 之间；实际为 %(found)d 字节。") % {
            "most": MAX_BYTES // 1024 // 1024,
            "found": len(content),
        }
        raise Invalid(text, fields={"file": [text]})
    with act("scheme.register", actor=actor, permission="discharge.manage") as event:
        files.root().mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=files.root(), prefix="scheme-") as folder:
            book = Path(folder) / "scheme.xlsx"
            book.write_bytes(content)
            try:
                found = take(book, Path(folder) / "taken")
            except RefusedScheme as refused:
                raise _refused([problem.text for problem in refused.problems]) from None
            except engine.BadScheme as refused:
                raise _refused([refused.message]) from None
            except BadCodeTable as refused:
                raise _refused(list(refused.problems)) from None
            scheme = _register(found.scheme, actor)
            target = files.scheme_folder(scheme.key)
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.move(found.folder, target)
        event.note(scheme, after={"checksum": scheme.checksum, "filename": filename[-200:]})
    return scheme, [problem.text for problem in found.problems]


def _refused(texts: Sequence[Text]) -> Invalid:
    words = [say(text) for text in texts]
    return Invalid(_("方案没有导入，请按提示修改工作簿。"), fields={"file": words[:50]})


def _register(loaded: engine.Scheme, actor: Actor) -> Scheme:
    key = key_of(loaded.name, loaded.version)
    if not key or key == reference.STARTER:
        raise Invalid(_("方案的名称和版本须含字母或数字，且不能是 starter。"))
    if Scheme.objects.filter(Q(key=key) | Q(name=loaded.name, edition=loaded.version)).exists():
        raise Conflict(
            _("已有名称和版本相同的方案 %(name)s %(edition)s。修改后请用新的版本号导入。")
            % {"name": loaded.name, "edition": loaded.version}
        )
    return Scheme.objects.create(key=key, registered_by_id=actor.user_id, **_described(loaded))


def activate(*, actor: Actor, scheme: Scheme, day: dt.date) -> None:
    """Let a scheme be in force from a day on, for submissions that are checked from then on.

    What is in the store stays as it was grouped. Raises Denied, Conflict when another scheme
    begins on that day.
    """
    with act("scheme.activate", actor=actor, permission="discharge.manage", target=scheme) as event:
        if Scheme.objects.filter(active_from=day).exclude(pk=scheme.pk).exists():
            raise Conflict(_("%(day)s 已有另一个方案启用，请另选一天。") % {"day": day})
        before = scheme.active_from
        scheme.active_from = day
        scheme.save(update_fields=["active_from"])
        event.note(before={"active_from": str(before or "")}, after={"active_from": str(day)})


def ask_for_regrouping(*, actor: Actor, scheme: Scheme, year: int, org: OrgUnit) -> Regrouping:
    """Have a year of a province grouped by another scheme, in the background, beside the one in force.

    Raises Denied, Invalid for a year without data.
    """
    from duikou.wings.discharges.jobs import regroup_year

    path = org.path or ""
    with act("scheme.regroup", actor=actor, permission="discharge.manage", on=path) as event:
        rows = Submission.objects.filter(
            state__in=IN_FORCE, month__range=(year * 100 + 1, year * 100 + 12), scope_path__within=path
        )
        if not rows.exists():
            raise Invalid(_("%(year)d 年没有入库的病案首页。") % {"year": year})
        found, _made = Regrouping.objects.update_or_create(
            year=year,
            scheme=scheme,
            org_path=path,
            defaults={"result": None, "requested_by_id": actor.user_id},
        )
        job = request_job(
            regroup_year,
            found.pk,
            actor=actor,
            scope_path=path,
            subject=str(found),
            dedupe=f"regroup-{found.pk}",
        )
        found.job_id = str(job.pk)
        found.save(update_fields=["job_id"])
        event.note(found, after={"year": year, "scheme": scheme.key})
    return found
