"""The insurer's settlements: a table is taken whole or refused with its faults; what it replaces is kept."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from duikou.core.actions import act, require_reason
from duikou.core.errors import Conflict, Invalid
from duikou.core.paths import WIDTH, contains
from duikou.core.scope import Actor
from duikou.wings.discharges import files, months
from duikou.wings.discharges.models import SettlementLine, SettlementTable
from duikou.wings.discharges.wording import say
from duikou.wings.places.models import Division

if TYPE_CHECKING:
    from duikou.engines.casemix.settlements import Fault, Place, Settled

MAX_BYTES = 8 * 1024 * 1024
KEPT_FAULTS = 2000  # of a refused table
SHOWN = 5  # counties and months named where they stand already


def import_settlements(
    *, actor: Actor, content: bytes, filename: str, replace: bool = False, demonstration: bool = False
) -> SettlementTable:
    """Take a table in: all of it, or nothing, and then the table is kept as refused with every fault.

    Counties and months that stand already are replaced where `replace` says so; what they
    were stays on record. Raises Denied, Invalid for a file that is no such table, Conflict
    where something stands and nothing was said of replacing it.
    """
    name = "".join(letter for letter in filename if letter.isprintable())[-200:] or "—"
    with act("settlements.import", actor=actor, permission="discharge.manage") as event:
        lines, faults = _read(actor, content)
        if faults:
            home = actor.paths("discharge.manage")[0]
            table = SettlementTable.objects.create(
                scope_path=home,
                state=SettlementTable.State.REFUSED,
                filename=name,
                sha256=hashlib.sha256(content).hexdigest(),
                rows=len(lines),
                faults=[_kept(fault) for fault in faults[:KEPT_FAULTS]],
                imported_by_id=actor.user_id,
            )
            event.note(table, after={"state": "refused", "faults": len(faults)}, scope_path=table.scope_path)
            return table
        replaced = _standing(lines)
        if replaced and not replace:
            raise _stands_already(replaced)
        table = SettlementTable.objects.create(
            scope_path=_common(lines),
            filename=name,
            sha256=hashlib.sha256(content).hexdigest(),
            rows=len(lines),
            stays=sum(one.in_county + one.in_city + one.in_province + one.outside for one in lines),
            first_month=min(one.month for one in lines),
            last_month=max(one.month for one in lines),
            demonstration=demonstration,
            imported_by_id=actor.user_id,
        )
        SettlementLine.objects.filter(pk__in=[line.pk for line in replaced]).update(
            in_force=False, replaced_by=table
        )
        _write(table, lines)
        event.note(
            table,
            before={"replaced": len(replaced)},
            after={"state": "in_force", "rows": table.rows, "stays": table.stays},
            scope_path=table.scope_path,
        )
    return table


def _read(actor: Actor, content: bytes) -> tuple[list[Settled], list[Fault]]:
    from duikou.engines.casemix.codes import BadCodeTable
    from duikou.engines.casemix.settlements import read

    if not content or len(content) > MAX_BYTES:
        text = _("结算表应在 1 字节与 %(most)d MB 之间；实际为 %(found)d 字节。") % {
            "most": MAX_BYTES // 1024 // 1024,
            "found": len(content),
        }
        raise Invalid(text, fields={"file": [text]})
    files.root().mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=files.root(), prefix="settlements-") as folder:
        path = Path(folder) / ("table.xlsx" if content.startswith(b"PK") else "table.csv")
        path.write_bytes(content)
        try:
            lines, faults = read(path, _places(actor), months.this_month())
        except BadCodeTable as refused:
            words = [say(problem) for problem in refused.problems][:50]
            raise Invalid(_("结算表没有导入，请按提示修改。"), fields={"file": words}) from None
    if not lines and not faults:
        text = _("结算表没有数据行。请在表头下每县每月填一行。")
        raise Invalid(text, fields={"file": [text]})
    return lines, faults


def _places(actor: Actor) -> list[Place]:
    from duikou.engines.casemix.settlements import Place

    rows = Division.objects.filter(level=Division.Level.COUNTY).select_related("org").order_by("valid_from")
    return [
        Place(
            key=one.pk,
            code=one.code,
            name=one.name,
            valid_from=one.valid_from,
            valid_to=one.valid_to,
            allowed=actor.may("discharge.manage", one.org.path or ""),
        )
        for one in rows
    ]


def _kept(fault: Fault) -> dict[str, object]:
    return {
        "row": fault.row,
        "column": fault.column,
        "found": fault.found,
        "zh": fault.expected.zh,
        "en": fault.expected.en,
    }


def _standing(lines: Sequence[Settled]) -> list[SettlementLine]:
    """What stands of the counties and months of a table."""
    wanted = {(one.place.key, one.month) for one in lines}
    rows = SettlementLine.objects.select_related("division").filter(
        in_force=True,
        division_id__in={place for place, _month in wanted},
        month__in={month for _place, month in wanted},
    )
    return [row for row in rows if (row.division_id, row.month) in wanted]


def _stands_already(replaced: Sequence[SettlementLine]) -> Conflict:
    named = _("、").join(str(line) for line in replaced[:SHOWN])
    return Conflict(
        _("已有 %(count)d 个县月的结算数据（%(named)s…）。如要更正，请勾选“替换已有的县月”再导入。")
        % {"count": len(replaced), "named": named}
    )


def _common(lines: Sequence[Settled]) -> str:
    """The unit that holds all counties of a table."""
    rows = Division.objects.filter(pk__in={one.place.key for one in lines}).select_related("org")
    paths = [row.org.path or "" for row in rows]
    common = paths[0]
    while not all(contains(common, path) for path in paths):
        common = common[:-WIDTH]
    return common


def _write(table: SettlementTable, lines: Sequence[Settled]) -> None:
    rows = [
        SettlementLine(
            table=table,
            division_id=one.place.key,
            month=one.month,
            in_county=one.in_county,
            in_city=one.in_city,
            in_province=one.in_province,
            outside=one.outside,
        )
        for one in lines
    ]
    try:
        with transaction.atomic():
            SettlementLine.objects.bulk_create(rows, batch_size=1000)
    except IntegrityError:
        raise Conflict(_("刚有另一张结算表导入了相同的县月。请刷新后再试。")) from None


def retract(*, actor: Actor, table: SettlementTable, reason: str) -> None:
    """Take a table out of the rates, with a reason; what it had replaced does not come back.

    Raises Denied, Invalid without a reason, Conflict when it does not stand.
    """
    with act("settlements.retract", actor=actor, permission="discharge.manage", on=table) as event:
        reason = require_reason(reason)
        won = SettlementTable.objects.filter(pk=table.pk, state=SettlementTable.State.IN_FORCE).update(
            state=SettlementTable.State.RETRACTED
        )
        if not won:
            raise Conflict(_("这张结算表已退回或已撤回。"))
        gone = table.lines.filter(in_force=True).update(in_force=False)
        table.refresh_from_db()
        event.note(before={"state": "in_force", "rows": gone}, after={"state": "retracted"}, reason=reason)
