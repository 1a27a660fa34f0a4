"""Whoever works for one city sees and changes that city's part only."""

from __future__ import annotations

import pytest
from django.urls import reverse

from duikou.core.errors import Missing
from duikou.wings.pairings.actions import imports
from duikou.wings.pairings.models import Finding, Pairing
from duikou.wings.pairings.queries import findings as finding_queries
from duikou.wings.pairings.queries import latest_audit_report, waits_for
from duikou.wings.pairings.queries import pairings as pairing_queries
from duikou.wings.pairings.queries.imports import batch as batch_named
from duikou.wings.pairings.queries.imports import batches
from duikou.wings.pairings.queries.rounds import figures_for, round_named

from .conftest import finding, pairing

pytestmark = pytest.mark.django_db
OURS = ("杭州市第一人民医院", "淳安县中医院")
THEIRS = ("宁波市第一医院", "宁波市镇海区人民医院")


@pytest.mark.parametrize(
    ("role", "org", "expected"),
    [
        ("national_officer", None, 165),
        ("provincial_officer", "浙江省", 165),
        ("inspector", "浙江省", 165),
        ("city_officer", "杭州市", 20),  # 16 of its own table, 4 from provincial hospitals
        ("county_officer", "淳安县", 4),
        ("hospital_president", "杭州市第一人民医院", 4),
        ("hospital_liaison", "浙江医院", 2),
        ("system_admin", "浙江省", 0),
        ("auditor", "浙江省", 0),
        (None, None, 0),
    ],
)
def test_number_of_visible_pairings(actor, role, org, expected):
    assert pairing_queries.pairings(actor(role, org)).count() == expected


def test_one_inside_one_outside(hangzhou):
    assert pairing_queries.pairing(hangzhou, pairing(*OURS).pk)
    with pytest.raises(Missing):
        pairing_queries.pairing(hangzhou, pairing(*THEIRS).pk)
    assert finding_queries.finding(hangzhou, finding("PAIR-05", "淳安县中医院").pk)
    with pytest.raises(Missing):
        finding_queries.finding(hangzhou, finding("PAIR-02", "宁波市康宁医院").pk)


def test_a_cross_city_finding_concerns_both_cities(actor):
    row = finding("PAIR-18", "湖州市第三人民医院")
    for city in ("湖州市", "嘉兴市"):
        assert finding_queries.finding(actor("city_officer", city), row.pk)
    with pytest.raises(Missing):
        finding_queries.finding(actor("city_officer", "杭州市"), row.pk)


def test_a_supporter_sees_what_its_recipients_duplication_is_about(actor):
    president = actor("hospital_president", "杭州市第一人民医院")
    seen = finding_queries.findings(president)
    assert "淳安县中医院" in {row.subjects[0] for row in seen if row.rule == "PAIR-05"}


def test_figures_of_a_part(hangzhou, province):
    round_ = round_named("zhejiang-2014")
    part = figures_for(hangzhou, round_)
    assert (part.partial, part.pairings) == (True, 20)
    assert (part.counties.total, part.counties.covered) == (5, 5)
    assert (part.districts.total, len(part.districts.uncovered)) == (8, 7)
    whole = figures_for(province, round_)
    assert (whole.partial, whole.supporters, whole.pairings, whole.recipients) == (False, 67, 165, 151)


def test_report_of_a_part(hangzhou):
    report = latest_audit_report(hangzhou)
    assert report["counts"]["pairings"] == 20
    assert report["coverage"]["counties"]["uncovered"] == []
    assert {f["rule"] for f in report["findings"]} & {"PAIR-03", "PAIR-18"} == set()
    assert 0 < len(report["findings"]) < 105


def test_report_computed_anew_is_scoped_as_well(hangzhou, province):
    from duikou.wings.pairings.actions.pairings import edit_pairing

    recorded = latest_audit_report(hangzhou)
    edit_pairing(actor=province, pairing=pairing(*THEIRS), reason="x")  # outdates the recorded audit
    computed = latest_audit_report(hangzhou)
    assert [f["key"] for f in computed["findings"]] == [f["key"] for f in recorded["findings"]]


def test_batches(trial, hangzhou, ningbo, province):
    batch = imports.upload_annex(actor=hangzhou, round_key="trial", content=b"x", filename="a.csv")
    assert batches(province).count() == 1
    assert batches(ningbo).count() == 0
    with pytest.raises(Missing):
        batch_named(ningbo, batch.pk)


@pytest.mark.parametrize("role", [("provincial_officer", "浙江省"), ("city_officer", "杭州市")])
def test_the_map_of_coverage_is_public_and_the_same_for_all(client, account, role):
    client.force_login(account(*role))
    page = client.get(reverse("pairings:dashboard"))
    found = {
        row.name: (
            row.figures.counties.covered,
            row.figures.counties_in_city_tables.covered,
            row.figures.counties.total,
        )
        for row in page.context["map"].cities
    }
    assert found["杭州市"] == (5, 5, 5)
    assert found["湖州市"] == (2, 1, 3)
    assert found["台州市"] == (5, 4, 6)


def test_pages_answer_404_outside_and_403_without_permission(client, account):
    client.force_login(account("city_officer", "杭州市"))
    inside = reverse("pairings:detail", args=[pairing(*OURS).pk])
    outside = reverse("pairings:detail", args=[pairing(*THEIRS).pk])
    assert client.get(inside).status_code == 200
    assert client.get(outside).status_code == 404
    assert client.get(reverse("pairings:detail", args=[10**6])).status_code == 404
    assert client.get(reverse("pairings:add_round")).status_code == 403
    client.force_login(account("auditor", "浙江省"))
    for name in ("dashboard", "list", "findings", "import", "coverage", "supporters", "rounds"):
        assert client.get(reverse(f"pairings:{name}")).status_code == 403, name


def test_nobody_without_signing_in(client):
    answer = client.get(reverse("pairings:dashboard"))
    assert answer.status_code == 302
    assert "login" in answer["Location"]


def test_posts_outside_the_scope_change_nothing(client, account):
    client.force_login(account("city_officer", "宁波市"))
    ours = pairing(*OURS)
    row = finding("PAIR-05", "淳安县中医院")
    posts = {
        reverse("pairings:edit", args=[ours.pk]): {"version": 1, "kind": "normal", "reason": "x"},
        reverse("pairings:end", args=[ours.pk]): {"version": 1, "on": "2015-01-01", "reason": "x"},
        reverse("pairings:step", args=[row.pk, "request_exception"]): {"version": 1, "reason": "x"},
    }
    for url, data in posts.items():
        assert client.post(url, data).status_code == 404, url
    assert Pairing.objects.get(pk=ours.pk).version == 1
    assert Finding.objects.get(pk=row.pk).state == "open"


def test_what_waits_for_whom(actor, province, hangzhou):
    from duikou.core.models import OrgUnit
    from duikou.wings.pairings.actions.findings import assign_findings, request_exception

    def waiting(person) -> dict[str, int]:
        return {item.kind: item.count for item in waits_for(person)}

    assert waiting(province) == {"errors": 2, "warnings": 53}
    row = finding("PAIR-05", "淳安县中医院")
    assign_findings(actor=province, findings=[row.pk], assignee=OrgUnit.objects.get(name="杭州市").pk)
    assert waiting(hangzhou)["assigned"] == 1
    row.refresh_from_db()
    request_exception(actor=hangzhou, finding=row, reason="科室不同")
    assert waiting(province)["exception"] == 1
    assert "assigned" not in waiting(hangzhou)
    assert waiting(actor("auditor", "浙江省")) == {}
