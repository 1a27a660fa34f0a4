"""Weights of a scheme's groups: taken whole or not at all; one table of a province is in use, or none."""

from __future__ import annotations

import hashlib
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.actions import act
from duikou.core.errors import Conflict, Invalid
from duikou.core.models import OrgUnit
from duikou.core.scope import Actor
from duikou.wings.discharges import files, reference
from duikou.wings.discharges.models import Scheme, WeightTable
from duikou.wings.discharges.wording import say

if TYPE_CHECKING:
    from duikou.engines.casemix import weight_tables as engine

MAX_BYTES = 4 * 1024 * 1024
SHOWN = 10  # groups without a weight that are named


def import_weights(
    *,
    actor: Actor,
    scheme: Scheme,
    org: OrgUnit,
    name: str,
    edition: str,
    content: bytes,
    filename: str,
    allow_missing: bool = False,
) -> WeightTable:
    """Take in a province's weights for the groups of a scheme; they are not in use yet.

    Raises Denied, Invalid with every error (also groups without a weight, unless they are
    allowed: their stays then count in no weighed figure), Conflict for a name and edition
    that are there.
    """
    path = org.path or ""
    with act("weights.import", actor=actor, permission="discharge.manage", on=path) as event:
        name, edition = name.strip(), edition.strip()
        _require_words(name, edition)
        if WeightTable.objects.filter(scope_path=path, scheme=scheme, name=name, edition=edition).exists():
            raise Conflict(_("已有名称和版本相同的权重表。修改后请用新的版本号导入。"))
        found = _read(scheme, content)
        if found.missing and not allow_missing:
            raise _incomplete(found)
        table = WeightTable.objects.create(
            scope_path=path,
            scheme=scheme,
            name=name,
            edition=edition,
            filename="".join(letter for letter in filename if letter.isprintable())[-200:] or "—",
            sha256=hashlib.sha256(json.dumps(found.weights, sort_keys=True).encode()).hexdigest(),
            weights=found.weights,
            missing=list(found.missing),
            imported_by_id=actor.user_id,
        )
        event.note(
            table, after={"groups": len(found.weights), "missing": len(found.missing), "scheme": scheme.key}
        )
    return table


def _require_words(name: str, edition: str) -> None:
    fields = {}
    for field, text, most in (("name", name, 80), ("edition", edition, 40)):
        if not text:
            fields[field] = [_("请填写名称和版本，例如“浙江 2025”。")]
        elif fault := guard.fault_of_text(text, most):
            fields[field] = [fault]
    if fields:
        raise Invalid(_("权重表没有导入，请按提示修改。"), fields=fields)


def _read(scheme: Scheme, content: bytes) -> engine.WeightTable:
    from duikou.engines.casemix import weight_tables as engine
    from duikou.engines.casemix.codes import BadCodeTable

    if not content or len(content) > MAX_BYTES:
        text = _("权重表应在 1 字节与 %(most)d MB 之间；实际为 %(found)d 字节。") % {
            "most": MAX_BYTES // 1024 // 1024,
            "found": len(content),
        }
        raise Invalid(text, fields={"file": [text]})
    files.root().mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=files.root(), prefix="weights-") as folder:
        path = Path(folder) / ("weights.xlsx" if content.startswith(b"PK") else "weights.csv")
        path.write_bytes(content)
        try:
            return engine.read(path, reference.loaded(scheme).drgs())
        except BadCodeTable as refused:
            words = [say(problem) for problem in refused.problems]
            raise Invalid(_("权重表没有导入，请按提示修改。"), fields={"file": words}) from None


def _incomplete(found: engine.WeightTable) -> Invalid:
    text = _(
        "方案中有 %(count)d 个病组没有权重（%(named)s…）。"
        "请补齐，或勾选“允许缺少病组”：其病例不计入加权指标。"
    ) % {"count": len(found.missing), "named": _("、").join(found.missing[:SHOWN])}
    return Invalid(_("权重表没有导入，请按提示修改。"), fields={"file": [text]})


def use(*, actor: Actor, table: WeightTable) -> None:
    """Let the weighed figures of the province stand on this table. Raises Denied."""
    with act("weights.use", actor=actor, permission="discharge.manage", on=table) as event:
        rows = WeightTable.objects.select_for_update(no_key=True).filter(scope_path=table.scope_path)
        before = [str(row) for row in rows if row.in_use]
        rows.filter(in_use=True).exclude(pk=table.pk).update(in_use=False)
        rows.filter(pk=table.pk).update(in_use=True)
        table.in_use = True
        event.note(before={"in_use": before}, after={"in_use": [str(table)]})


def stop_using(*, actor: Actor, table: WeightTable) -> None:
    """Let the weighed figures stand on weights from the stays themselves again. Raises Denied, Conflict."""
    with act("weights.stop", actor=actor, permission="discharge.manage", on=table) as event:
        if not WeightTable.objects.filter(pk=table.pk, in_use=True).update(in_use=False):
            raise Conflict(_("这张权重表没有在使用。"))
        table.in_use = False
        event.note(before={"in_use": [str(table)]}, after={"in_use": []})
