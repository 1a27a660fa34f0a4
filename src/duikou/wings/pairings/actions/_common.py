"""What several acts of this wing share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from duikou.core.errors import Conflict, Invalid, Missing
from duikou.core.models import OrgUnit
from duikou.core.paths import contains
from duikou.core.scope import Actor
from duikou.engines.pairing.divisions import Divisions
from duikou.wings.hospitals.models import Hospital, HospitalPartner
from duikou.wings.pairings.models import AidLoad, DepartmentLink, Pairing, Round
from duikou.wings.places.models import Division

PROVINCE_TABLE, CITY_TABLE = "1", "2"


def round_by_key(key: str, *, lock: bool = False) -> Round:
    """A round by its key; Missing when there is none."""
    rounds = Round.objects.select_related("org", "previous")
    if lock:  # of the round alone: the joined rows may be shared with others
        rounds = rounds.select_for_update(of=("self",))
    if (found := rounds.filter(key=key).first()) is None:
        raise Missing(_("没有标识为“%(key)s”的轮次。请在轮次列表中核对。") % {"key": key})
    return found


def touch(round_: Round) -> None:
    """Note that the round's pairings changed, so that figures and audits of before are known to be old."""
    Round.objects.filter(pk=round_.pk).update(revision=F("revision") + 1)
    round_.refresh_from_db(fields=["revision"])


def touch_all(rounds: QuerySet[Round]) -> None:
    """Note that what the audits of several rounds depend on has changed."""
    ids = rounds.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True)
    Round.objects.filter(pk__in=list(ids)).update(revision=F("revision") + 1)


def claim(row: Pairing | Round | DepartmentLink | AidLoad, seen: int, name: str = "") -> None:
    """Count a record's version up, if it still is the one that the actor saw; else raise Conflict.

    `name` is what the record is called there, when it is not its own text.
    """
    if not type(row)._default_manager.filter(pk=row.pk, version=seen).update(version=seen + 1):
        raise Conflict(
            _("“%(record)s”刚被他人改动，您的修改没有保存。请刷新后再试。") % {"record": name or row}
        )
    row.version = seen + 1


def next_position(round_: Round) -> int:
    """The place after the last row of the round."""
    last = (
        Pairing.objects.filter(round=round_).order_by("-position").values_list("position", flat=True).first()
    )
    return (last or 0) + 1


def city_orgs(round_: Round) -> dict[str, OrgUnit]:
    """Cities of the round's province on its division date: name → organisation unit."""
    cities = Division.objects.on(round_.divisions_on).filter(level=Division.Level.CITY).select_related("org")
    return {city.name: city.org for city in cities if contains(round_.org.path or "", city.org.path or "")}


def authority_path(
    round_: Round, table: str, group: str, cities: dict[str, OrgUnit], divisions: Divisions
) -> str:
    """Who decides on a row (PAIR-06): the province for its own table, else the city of the heading.

    A heading that names no city leaves the row with the province.
    """
    if table == CITY_TABLE:
        code = divisions.city_code(group)
        name = divisions.cities.get(code, "") if code else group
        if name in cities:
            return cities[name].path or ""
    return round_.org.path or ""


def level_of(supporter: Hospital, table: str) -> str:
    """A pairing's level, as the supporter's owner and the table tell."""
    if supporter.ownership in (Hospital.Ownership.MILITARY, Hospital.Ownership.POLICE):
        return Pairing.Level.MILITARY
    return Pairing.Level.PROVINCIAL if table == PROVINCE_TABLE else Pairing.Level.MUNICIPAL


def link_partners(pairs: Iterable[tuple[int, int]]) -> None:
    """Let the two hospitals of each pair see each other's register entry."""
    both = {(one, other) for pair in pairs for one, other in (pair, pair[::-1])}
    HospitalPartner.objects.bulk_create(
        [HospitalPartner(hospital_id=one, partner_id=other) for one, other in sorted(both)],
        ignore_conflicts=True,
    )


def unlink_partners(pairs: Iterable[tuple[int, int]]) -> None:
    """Take back what `link_partners` did for those pairs that no pairing names any more.

    The caller holds all rounds, so that none of the pairs is just being made anew.
    """
    both = {(one, other) for pair in pairs for one, other in (pair, pair[::-1])}
    ids = {pk for pair in both for pk in pair}
    named = Pairing.objects.filter(supporter__in=ids, recipient__in=ids).values_list("supporter", "recipient")
    kept = {(one, other) for pair in named for one, other in (pair, pair[::-1])}
    links = HospitalPartner.objects.filter(hospital__in=ids, partner__in=ids)
    unpaired = both - kept
    gone = [
        pk
        for pk, one, other in links.values_list("pk", "hospital_id", "partner_id")
        if (one, other) in unpaired
    ]
    HospitalPartner.objects.filter(pk__in=gone).delete()


def check_term(round_: Round, start: dt.date, end: dt.date) -> None:
    """Raise Invalid unless start and end are in order and inside the round."""
    fields: dict[str, list[str]] = {}
    if start < round_.start:
        fields["start"] = [
            _("应不早于本轮开始 %(expected)s；实际为 %(found)s。")
            % {"expected": round_.start, "found": start}
        ]
    if end > round_.end:
        fields["end"] = [
            _("应不晚于本轮结束 %(expected)s；实际为 %(found)s。") % {"expected": round_.end, "found": end}
        ]
    if end < start:
        fields["end"] = [_("结束日期 %(end)s 早于开始日期 %(start)s。") % {"end": end, "start": start}]
    if fields:
        raise Invalid(_("日期不符合要求，请按提示修改。"), fields=fields)


def province_wide(actor: Actor, permission: str, round_: Round) -> bool:
    """Whether the actor has a permission for the whole of the round's province."""
    return actor.is_system or actor.may(permission, round_.org.path or "")
