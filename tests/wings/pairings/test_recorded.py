"""What an audit records of a round equals what one counts from its rows, and gives way when it is old."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest
from django.db.models import F

from duikou.core.models import OrgUnit
from duikou.core.scope import SYSTEM, Actor
from duikou.wings.hospitals.models import Hospital, HospitalPlace
from duikou.wings.pairings import loading
from duikou.wings.pairings.actions.audits import audit_round
from duikou.wings.pairings.actions.findings import (
    accept_exception,
    assign_findings,
    decline_exception,
    reopen_finding,
    request_exception,
)
from duikou.wings.pairings.actions.pairings import add_pairing, end_pairing
from duikou.wings.pairings.actions.rounds import create_round
from duikou.wings.pairings.models import AuditRun, Finding, FindingScope, Pairing, Round
from duikou.wings.pairings.queries.findings import by_rule, counted_rows
from duikou.wings.pairings.queries.rounds import round_figures, round_named, round_summary
from duikou.wings.pairings.receivers import follow_hospital
from duikou.wings.pairings.recorded import tally_of
from duikou.wings.places.models import Division

from .conftest import finding, pairing

pytestmark = pytest.mark.django_db
KEY = "zhejiang-2014"
SEEDS = range(2)


def plain(round_: Round) -> dict[str, Any]:
    """Figures of the tables as they stand, counted in the most obvious way."""
    today = dt.date.today()
    rows = [
        row
        for row in Pairing.objects.filter(round=round_).select_related("recipient_division__parent")
        if not row.ended_reason or row.end >= today
    ]
    units = Division.objects.on(round_.divisions_on).filter(level="county").select_related("parent")
    counties = [unit for unit in units if unit.kind != "district"]
    covered = {row.recipient_division_id for row in rows}
    by_city = {row.recipient_division_id for row in rows if row.table == "2"}
    cities: dict[str, list[int]] = {}
    for unit in units:
        assert unit.parent is not None
        numbers = cities.setdefault(unit.parent.code, [0, 0, 0, 0, 0])
        numbers[0] += len({row.recipient_id for row in rows if row.recipient_division_id == unit.pk})
        if unit.kind == "district":
            numbers[3] += 1
            numbers[4] += unit.pk not in covered
        else:
            numbers[1] += 1
            numbers[2] += unit.pk not in covered
    return {
        "counts": [
            len({row.supporter_id for row in rows}),
            len(rows),
            len({row.recipient_id for row in rows}),
        ],
        "counties": {unit.code for unit in counties if unit.pk not in covered},
        "in_city_tables": {unit.code for unit in counties if unit.pk not in by_city},
        "districts": {unit.code for unit in units if unit.kind == "district" and unit.pk not in covered},
        "cities": cities,
    }


def shown(round_: Round) -> dict[str, Any]:
    """The same as pages and programs get it."""
    figures, summary = round_figures(round_), round_summary(round_)
    assert figures.headline == summary.headline
    return {
        "counts": [figures.supporters, figures.pairings, figures.recipients],
        "counties": set(figures.counties.uncovered),
        "in_city_tables": set(figures.counties_in_city_tables.uncovered),
        "districts": set(figures.districts.uncovered),
        "cities": {
            city.code: [
                city.recipients,
                city.counties.total,
                city.counties.missing,
                city.districts.total,
                city.districts.missing,
            ]
            for city in summary.cities
        },
    }


def change_pairings(chance: random.Random) -> None:
    """End some pairings of the loaded round and add some."""
    rows = list(Pairing.objects.filter(round__key=KEY, ended_reason="").order_by("pk"))
    for row in chance.sample(rows, 12):
        day = row.start + dt.timedelta(days=chance.randrange(1, 900))
        end_pairing(actor=SYSTEM, pairing=row, on=day, reason="调整")
    placed = HospitalPlace.objects.values("hospital")
    hospitals = list(Hospital.objects.filter(pk__in=placed, state="active").order_by("pk"))
    for _number in range(6):
        one, other = chance.sample(hospitals, 2)
        if not Pairing.objects.filter(round__key=KEY, supporter=one, recipient=other).exists():
            add_pairing(actor=SYSTEM, round_key=KEY, supporter=one.key, recipient=other.key, table="1")


COMPUTING = "duikou.wings.pairings.recorded.counts"  # whoever computes figures calls it


# ---------------------------------------------------------------- figures


def test_the_loaded_round_is_read_as_recorded(monkeypatch):
    monkeypatch.setattr(COMPUTING, None)
    round_ = round_named(KEY)
    assert shown(round_) == plain(round_)


@pytest.mark.parametrize("seed", SEEDS)
def test_computed_and_recorded_figures_are_those_of_the_rows(seed, monkeypatch):
    change_pairings(random.Random(seed))
    round_ = round_named(KEY)
    expected = plain(round_)
    assert shown(round_) == expected  # the recorded audit is old: computed
    audit_round(actor=SYSTEM, round_key=KEY)
    monkeypatch.setattr(COMPUTING, None)
    assert shown(round_named(KEY)) == expected


def test_a_change_shows_at_once(province):
    before = round_figures(round_named(KEY))
    row = pairing("杭州市第一人民医院", "淳安县中医院")
    end_pairing(actor=province, pairing=row, on=dt.date(2015, 6, 30), reason="调整")
    assert round_figures(round_named(KEY)).pairings == before.pairings - 1


def test_what_was_computed_is_kept_until_the_round_changes(monkeypatch):
    AuditRun.objects.update(coverage={})
    before = round_summary(round_named(KEY))
    monkeypatch.setattr(COMPUTING, None)
    assert round_figures(round_named(KEY)).headline == before.headline
    Round.objects.update(revision=F("revision") + 1)
    with pytest.raises(TypeError):
        round_figures(round_named(KEY))


def test_figures_of_a_day_are_never_the_recorded_ones():
    AuditRun.objects.update(coverage={"headline": {"counts": [0, 0, 0]}, "cities": [], "uncovered": {}})
    assert round_figures(round_named(KEY), dt.date(2014, 3, 1)).pairings == 165


def test_audits_by_other_rules_or_of_before_do_not_count():
    round_ = round_named(KEY)
    expected = plain(round_)
    AuditRun.objects.update(pack_digest="0" * 64)
    assert shown(round_) == expected
    AuditRun.objects.update(coverage={}, pack_digest=F("pack_digest"))
    assert shown(round_) == expected


@pytest.fixture
def running(trial: Round) -> Round:
    """A round of today with one pairing that ends early, in the future."""
    round_ = create_round(
        actor=SYSTEM,
        key="running",
        name="本轮",
        org=OrgUnit.objects.get(kind="province", name="浙江省"),
        policy_pack="zhejiang-2014",
        start=dt.date(2020, 1, 1),
        end=dt.date(2099, 12, 31),
        divisions_on=dt.date(2014, 1, 26),
    )
    loaded = pairing("杭州市第一人民医院", "淳安县中医院")
    row = add_pairing(
        actor=SYSTEM,
        round_key=round_.key,
        supporter=loaded.supporter.key,
        recipient=loaded.recipient.key,
        table="1",
    )
    ahead = dt.date.today() + dt.timedelta(days=30)
    end_pairing(actor=SYSTEM, pairing=row, on=ahead, reason="提前终止")
    audit_round(actor=SYSTEM, round_key=round_.key)
    return round_named(round_.key)


def test_recorded_figures_end_with_the_first_early_end(running, monkeypatch):
    ahead = dt.date.today() + dt.timedelta(days=30)
    assert running.audit_runs.get().coverage["headline"]["last_day"] == ahead.isoformat()
    for day, pairings in ((ahead, 1), (ahead + dt.timedelta(days=1), 0)):
        monkeypatch.setattr("django.utils.timezone.localdate", lambda day=day: day)
        assert round_figures(running).pairings == pairings


def test_new_divisions_outdate_every_round(monkeypatch):
    before = round_named(KEY).revision
    monkeypatch.setattr(loading, "load_divisions", lambda: False)
    loading.load_everything()
    assert round_named(KEY).revision == before
    monkeypatch.setattr(loading, "load_divisions", lambda: True)
    loading.load_everything()
    assert round_named(KEY).revision == before + 1


# ---------------------------------------------------------------- findings


def counted(actor: Actor, round_: Round) -> dict[str, tuple[int, ...]]:
    """Standing findings by rule: errors, warnings, notes, open ones; finding by finding."""
    found: dict[str, list[int]] = {}
    for row in Finding.objects.visible_to(actor).filter(round=round_, present=True):
        numbers = found.setdefault(row.rule, [0, 0, 0, 0])
        numbers[("error", "warning", "note").index(row.severity)] += 1
        numbers[3] += row.state in ("open", "assigned", "exception_requested")
    return {rule: tuple(numbers) for rule, numbers in found.items()}


def tallied(actor: Actor, round_: Round) -> dict[str, tuple[int, ...]]:
    return {row.rule: (row.error, row.warning, row.note, row.open) for row in by_rule(actor, round_)}


def work_on(chance: random.Random, applicant: Actor, approver: Actor) -> None:
    """Some steps in the lives of some findings."""
    waiting = Finding.objects.filter(round__key=KEY, present=True, state="open").order_by("pk")
    for row in chance.sample(list(waiting), 8):
        place = OrgUnit.objects.get(path=row.scope_paths()[0])
        if chance.random() < 0.5:
            assign_findings(actor=applicant, findings=[row.pk], assignee=place.pk)
            row.refresh_from_db()
        request_exception(actor=applicant, finding=row, reason="另有安排")
        match chance.randrange(3):
            case 0:
                decline_exception(actor=approver, finding=row, reason="不足")
            case 1:
                accept_exception(actor=approver, finding=row, reason="同意")
            case 2:
                accept_exception(actor=approver, finding=row, reason="同意")
                reopen_finding(actor=approver, finding=row, reason="情况有变")


@pytest.mark.parametrize("seed", SEEDS)
def test_findings_by_rule_are_those_counted_one_by_one(seed, actor):
    chance = random.Random(seed)
    province, nation = actor("provincial_officer", "浙江省"), actor("provincial_officer", "中国")
    city, both = actor("city_officer", "杭州市"), actor("city_officer", "宁波市")
    for number in range(2):
        if number:
            change_pairings(chance)
            audit_round(actor=SYSTEM, round_key=KEY)
        work_on(chance, province, nation)
        round_ = round_named(KEY)
        for who in (province, nation, SYSTEM, city, both):
            assert tallied(who, round_) == counted(who, round_)


def test_the_province_reads_what_was_recorded(province, monkeypatch):
    monkeypatch.setattr("duikou.wings.pairings.queries.findings.counted_rows", None)
    assert sum(row.total for row in by_rule(province, round_named(KEY))) == 105


def test_audits_of_before_have_no_tally(province):
    round_ = round_named(KEY)
    expected = tallied(province, round_)
    AuditRun.objects.update(tally=[])
    assert tallied(province, round_) == expected
    assert counted_rows(province, round_)


def test_a_hospital_that_leaves_the_province_takes_its_findings_along(province):
    round_ = round_named(KEY)
    row = finding("PAIR-05", "淳安县中医院")
    away = OrgUnit.objects.create(kind="province", name="外省", parent=OrgUnit.objects.get(kind="nation"))
    for scope in row.scopes.all():
        hospital = Hospital.objects.filter(scope_path=scope.path).first() or Hospital(pk=0)
        follow_hospital(Hospital, hospital, scope.path, f"{away.path}{scope.path[-7:]}")
    assert not FindingScope.objects.filter(finding=row, path__within=round_.org.path).exists()
    assert tallied(province, round_) == counted(province, round_)
    assert AuditRun.objects.filter(round=round_).latest("number").tally == tally_of(round_)
