"""The first start: Zhejiang's tables as printed, every name resolved, one audit."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest

from duikou.core.models import AuditEvent
from duikou.wings.hospitals.models import HospitalPartner
from duikou.wings.pairings.loading import load_everything
from duikou.wings.pairings.models import AuditRun, Finding, Pairing, Round

pytestmark = pytest.mark.django_db


def test_holds_the_printed_tables():
    rows = Pairing.objects.filter(round__key="zhejiang-2014")
    assert rows.count() == 165
    assert Counter(rows.values_list("table", flat=True)) == {"1": 41, "2": 124}
    assert rows.values("supporter").distinct().count() == 67
    assert rows.values("recipient").distinct().count() == 151
    assert list(rows.order_by("position").values_list("position", flat=True)) == list(range(1, 166))


def test_groups_are_the_cities():
    rows = Pairing.objects.filter(table="2").values_list("group", flat=True)
    assert Counter(rows) == {
        "宁波市": 21, "杭州市": 16, "温州市": 15, "湖州市": 11, "嘉兴市": 11, "绍兴市": 10,
        "金华市": 10, "丽水市": 9, "台州市": 8, "舟山市": 7, "衢州市": 6,
    }  # fmt: skip


def test_levels_follow_owner_and_table():
    levels = dict(Counter(Pairing.objects.values_list("level", flat=True)))
    assert levels == {"provincial": 39, "municipal": 124, "military": 2}


def test_printed_cells_stay_beside_the_resolved_hospital():
    row = Pairing.objects.get(recipient_printed="建德市第一人医院")
    assert row.recipient.name == "建德市第一人民医院"
    assert row.recipient_resolution == "typo"
    dated = Pairing.objects.get(recipient_printed="上虞市人民医院")
    assert dated.recipient_resolution == "old"
    assert dated.recipient_division.name == "上虞区"
    assert not Pairing.objects.filter(supporter_resolution__in=("guess", "none")).exists()
    assert not Pairing.objects.filter(recipient_resolution__in=("guess", "none")).exists()


def test_authority_is_the_province_or_the_headings_city():
    province = Round.objects.get(key="zhejiang-2014").org.path
    assert set(Pairing.objects.filter(table="1").values_list("authority_path", flat=True)) == {province}
    cross = Pairing.objects.get(supporter_printed="湖州市第三人民医院")
    assert cross.group == "湖州市"
    assert cross.authority_path != province
    assert cross.authority_path == cross.supporter_path[: len(cross.authority_path)]


def test_term_is_inferred_and_says_so():
    round_ = Round.objects.get(key="zhejiang-2014")
    assert (round_.start, round_.end) == (dt.date(2014, 2, 15), dt.date(2017, 2, 14))
    assert round_.divisions_on == dt.date(2014, 1, 26)
    assert round_.term_mark == "inferred"
    assert round_.term_note
    assert round_.term_note_en


def test_partners_see_each_others_entry():
    row = Pairing.objects.get(supporter_printed="湖州市第三人民医院")
    pairs = {(row.supporter_id, row.recipient_id), (row.recipient_id, row.supporter_id)}
    found = set(HospitalPartner.objects.values_list("hospital_id", "partner_id"))
    assert pairs <= found


def test_is_safe_to_repeat():
    before = (
        Pairing.objects.count(),
        Finding.objects.count(),
        AuditRun.objects.count(),
        AuditEvent.objects.count(),
    )
    load_everything()
    after = (
        Pairing.objects.count(),
        Finding.objects.count(),
        AuditRun.objects.count(),
        AuditEvent.objects.count(),
    )
    assert after == before


def test_writes_few_events():
    events = Counter(AuditEvent.objects.values_list("action", flat=True))
    assert events["round.loaded"] == 1
    assert events["round.audit"] == 1
    assert sum(events.values()) < 10
