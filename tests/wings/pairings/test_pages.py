"""Every page of the wing answers, for whoever may see it, with a fixed number of queries."""

from __future__ import annotations

import pytest
from django.urls import reverse

from duikou.wings.pairings.models import Finding, Pairing

pytestmark = pytest.mark.django_db


def addresses() -> dict[str, str]:
    """All pages that show something, by name."""
    pairing = Pairing.objects.get(supporter_printed="杭州市第一人民医院", running_number=1)
    finding = Finding.objects.filter(rule="PAIR-05", subjects__0="淳安县中医院").get()
    plain = ("dashboard", "list", "supporters", "recipients", "coverage", "rounds", "findings")
    return {
        **{name: reverse(f"pairings:{name}") for name in plain},
        "detail": reverse("pairings:detail", args=[pairing.pk]),
        "city": reverse("pairings:city", args=["330100"]),
        "county": reverse("pairings:county", args=["330127"]),
        "hospital_panel": reverse("pairings:hospital_panel", args=[pairing.supporter_id]),
        "round": reverse("pairings:round", args=["zhejiang-2014"]),
        "run": reverse("pairings:run", args=["zhejiang-2014", 1]),
        "finding": reverse("pairings:finding", args=[finding.pk]),
        "import": reverse("pairings:import"),
        "template": reverse("pairings:template"),
        "add": reverse("pairings:add"),
        "add_round": reverse("pairings:add_round"),
        "edit_round": reverse("pairings:edit_round", args=["zhejiang-2014"]),
        "add_aid": reverse("pairings:add_aid", args=[pairing.supporter_id]),
    }


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_provincial_officer_sees_every_page(client, account, language):
    client.force_login(account("provincial_officer", "浙江省"))
    client.cookies["duikou-language"] = language
    for name, url in addresses().items():
        answer = client.get(url)
        assert answer.status_code == 200, (name, answer.status_code)


@pytest.mark.parametrize(
    ("page", "question", "count"),
    [
        ("list", "ajx", 3),
        ("list", "anjixianrenmin", 1),
        ("recipients", "ajxrmyy", 1),
        ("supporters", "zjyy", 1),
        ("coverage", "anji", 1),
    ],
)
def test_lists_are_filtered_by_pinyin_and_initials(client, account, page, question, count):
    client.force_login(account("provincial_officer", "浙江省"))
    answer = client.get(reverse(f"pairings:{page}"), {"q": question})
    listing = answer.context["listing"]
    assert listing.count == count, listing.body
