"""Issues of an uploaded table that only the database can find, in both languages."""

from __future__ import annotations

from collections.abc import Sequence

from duikou.engines.pairing.annex import AnnexRow, Field, Issue, RepairAction
from duikou.engines.pairing.model import Severity
from duikou.engines.text import Text

UNRESOLVED, UNCERTAIN = "name_unresolved", "name_uncertain"
ONE_HOSPITAL, OTHER_NAMES = "one_hospital", "pair_under_other_names"
RECORDED, RECORDED_OTHERWISE = "pair_recorded", "pair_recorded_otherwise"
UNKNOWN_CITY, NOT_OWN_TABLE = "group_not_a_city", "not_own_table"
SUPPORTER_ELSEWHERE = "supporter_elsewhere"
OWN_CODES = frozenset(
    {
        UNRESOLVED,
        UNCERTAIN,
        ONE_HOSPITAL,
        OTHER_NAMES,
        RECORDED,
        RECORDED_OTHERWISE,
        UNKNOWN_CITY,
        NOT_OWN_TABLE,
        SUPPORTER_ELSEWHERE,
    }
)


def _issue(
    code: str,
    row: AnnexRow,
    column: Field,
    expected: Text,
    found: Text,
    repair: Text,
    *,
    severity: Severity = Severity.ERROR,
    action: RepairAction = RepairAction.NONE,
    value: str | None = None,
) -> Issue:
    return Issue(
        code, severity, row.place(column), expected, found, repair, row.position, column, action, value
    )


def unresolved(row: AnnexRow, side: Field, printed: str, candidates: Sequence[str]) -> Issue:
    """A name that is in the register for no hospital, or perhaps for one of several."""
    expected = Text("登记中的医院名称或别名", "a name or alias of a registered hospital")
    if not candidates:
        return _issue(
            UNRESOLVED,
            row,
            side,
            expected,
            Text(f"“{printed}”，没有相近的名称", f"“{printed}”, with nothing like it"),
            Text(
                "更正名称，或先在医院登记中新建该医院",
                "Correct the name, or add the hospital to the register first",
            ),
        )
    shown = candidates[:5]
    return _issue(
        UNCERTAIN,
        row,
        side,
        expected,
        Text(f"“{printed}”，可能是{'、'.join(shown)}", f"“{printed}”, perhaps {', '.join(shown)}"),
        Text("选定一家医院，可同时记为别名", "Choose a hospital; you may keep the name as its alias"),
        value=shown[0],
    )


def one_hospital(row: AnnexRow, name: str) -> Issue:
    """Both names mean the same hospital."""
    return _issue(
        ONE_HOSPITAL,
        row,
        Field.RECIPIENT,
        Text("两家不同的医院", "two different hospitals"),
        Text(f"两个名称都是{name}", f"both names mean {name}"),
        Text("更正其中一个名称，或删去此行", "Correct one of the names, or leave the row out"),
        action=RepairAction.DROP,
    )


def pair_under_other_names(row: AnnexRow, first: AnnexRow) -> Issue:
    """The same pair stands further up under other names."""
    place = first.where.text
    return _issue(
        OTHER_NAMES,
        row,
        Field.RECIPIENT,
        Text("同一对医院只出现一次", "each pair once"),
        Text(
            f"与{place.zh}（{first.supporter} → {first.recipient}）是同一对医院",
            f"the same pair as {place.en} ({first.supporter} → {first.recipient})",
        ),
        Text("删去此行，或更正名称", "Leave this row out, or correct the names"),
        action=RepairAction.DROP,
    )


def recorded(row: AnnexRow, *, same: bool) -> Issue:
    """The pair is on record in this round and table: it is not added a second time."""
    if same:
        return _issue(
            RECORDED,
            row,
            Field.RECIPIENT,
            Text("尚未登记的结对", "a pairing that is not on record"),
            Text("本轮已有这一结对", "this round has the pairing already"),
            Text("无需处理：导入时跳过此行", "Nothing to do: the import skips this row"),
            severity=Severity.NOTE,
        )
    return _issue(
        RECORDED_OTHERWISE,
        row,
        Field.RECIPIENT,
        Text("与已登记的结对一致", "the same terms as the recorded pairing"),
        Text("本轮已有这一结对，但起止日期或科室不同", "recorded already, with other dates or departments"),
        Text(
            "导入时跳过此行；如需更改，请在结对页面修改",
            "The import skips this row; change the pairing on its own page if needed",
        ),
        severity=Severity.WARNING,
    )


def unknown_city(row: AnnexRow, cities: Sequence[str]) -> Issue:
    """The heading of a city's table is no city of the province."""
    return _issue(
        UNKNOWN_CITY,
        row,
        Field.GROUP,
        Text(f"本省的市：{'、'.join(cities)}", f"a city of the province: {', '.join(cities)}"),
        Text(f"“{row.group}”", f"“{row.group}”"),
        Text("更正地区一栏", "Correct the city"),
    )


def not_own_table(row: AnnexRow, authority: str) -> Issue:
    """The importing authority does not decide on this row (PAIR-06)."""
    found = (
        Text("省级医院的表", "the province's table")
        if row.table == "1"
        else Text(f"{row.group or '—'}的表", f"the table of {row.group or '—'}")
    )
    return _issue(
        NOT_OWN_TABLE,
        row,
        Field.GROUP,
        Text(f"{authority}自己的表", f"the table of {authority} itself"),
        found,
        Text("删去此行，由有权的单位导入", "Leave the row out; the authority in charge imports it"),
        action=RepairAction.DROP,
    )


def supporter_elsewhere(row: AnnexRow, name: str, authority: str) -> Issue:
    """A city pairs its own tertiary hospitals; this supporter is none of them (S1 §四(一))."""
    return _issue(
        SUPPORTER_ELSEWHERE,
        row,
        Field.SUPPORTER,
        Text(f"{authority}自己的支援医院", f"a supporter of {authority} itself"),
        Text(f"{name}，不属于{authority}", f"{name}, which is not of {authority}"),
        Text("更正名称，或删去此行，由省级导入", "Correct the name, or leave the row out for the province"),
        action=RepairAction.DROP,
    )
