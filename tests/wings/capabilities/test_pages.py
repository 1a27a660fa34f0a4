"""Pages and the interface: a technique from approval to the map, and what they refuse."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from duikou.core.models import User
from duikou.core.scope import SYSTEM
from duikou.wings.capabilities import actions
from duikou.wings.capabilities.models import Approval, Performance
from duikou.wings.hospitals.models import Capability, Hospital
from duikou.wings.pairings.models import Pairing

pytestmark = pytest.mark.django_db
UserAt = Callable[[Hospital, str], User]
TECHNIQUE = "blood_purification"
SENT = {"on": "2015-03-01", "number": "技委会〔2015〕3 号"}


def client(user: User) -> Client:
    found = Client()
    found.force_login(user)
    return found


def url(name: str, pairing: Pairing) -> str:
    return reverse(f"capabilities:{name}", args=[pairing.recipient_id, TECHNIQUE])


def test_both_hospitals_take_a_technique_to_independence(pairing: Pairing, user_at: UserAt) -> None:
    head = client(user_at(pairing.recipient, "hospital_president"))
    sender = client(user_at(pairing.supporter, "hospital_president"))
    liaison = client(user_at(pairing.recipient, "hospital_liaison"))
    paper = SimpleUploadedFile("决议.pdf", b"%PDF-1.7 paper")
    answer = head.post(url("approve", pairing), {**SENT, "hospital": pairing.recipient_id, "file": paper})
    assert answer.status_code == 302
    home = sender.get(reverse("home")).content.decode()
    assert "待您院批准的技术" in home
    assert pairing.recipient.name in sender.get(reverse("capabilities:waiting")).content.decode()
    refused = liaison.post(
        url("case", pairing),
        {"on": "2015-05-01", "by": "posted", "cases": 1, "supporter": pairing.supporter_id},
    )
    assert refused.status_code == 422
    assert "PER-06" in refused.content.decode()
    sender.post(url("approve", pairing), {**SENT, "hospital": pairing.supporter_id})
    for sent in (
        {"on": "2015-05-01", "by": "posted", "cases": 2, "supporter": pairing.supporter_id},
        {"on": "2015-06-01", "by": "own", "cases": 1},
    ):
        assert liaison.post(url("case", pairing), sent).status_code == 302
    assert head.post(url("independent", pairing), {**SENT, "on": "2015-06-02"}).status_code == 302
    html = liaison.get(url("technique", pairing)).content.decode()
    for words in ("独立开展", "2015-05-01", "技委会〔2015〕3 号", "决议.pdf", "派驻人员开展 2 例"):
        assert words in html
    own = Approval.objects.get(hospital=pairing.recipient, kind="leave")
    kept = sender.get(reverse("capabilities:approval-document", args=[own.pk]))
    assert (kept.content, kept["Content-Disposition"][:10]) == (b"%PDF-1.7 paper", "attachment")
    case = Performance.objects.get(by="own")
    answer = liaison.post(reverse("capabilities:case-withdraw", args=[case.pk]), {"reason": "误登"})
    assert answer.status_code == 302
    assert "已撤回：误登" in liaison.get(url("technique", pairing)).content.decode()
    end = reverse("capabilities:approval-end", args=[own.pk])
    assert head.post(end, {"on": "2015-07-01", "reason": ""}).status_code == 422
    assert head.post(end, {"on": "2015-07-01", "reason": "停用"}).status_code == 302


def test_the_hospital_page_leads_to_the_record(pairing: Pairing, user_at: UserAt) -> None:
    liaison = client(user_at(pairing.recipient, "hospital_liaison"))
    html = liaison.get(reverse("hospitals:capabilities", args=[pairing.recipient_id])).content.decode()
    assert url("technique", pairing) in html
    assert (
        liaison.get(reverse("capabilities:technique", args=[pairing.recipient_id, "flying"])).status_code
        == 404
    )
    assert liaison.get(reverse("capabilities:case-document", args=[10**9])).status_code == 404


def test_the_milestones_are_the_same_on_screen_in_the_file_and_in_the_interface(
    pairing: Pairing, account: Callable[..., User], django_assert_max_num_queries: Callable[[int], object]
) -> None:
    for technique, state in ((TECHNIQUE, "independent"), ("icu_department", "learning")):
        Capability.objects.create(hospital=pairing.recipient, technique=technique, state=state)
    officer = client(account("provincial_officer", "浙江省"))
    officer.get(reverse("home"))
    with django_assert_max_num_queries(30):
        page = officer.get(reverse("capabilities:progress"), {"year": "2015"})
    line = next(one for one in page.context["counties"] if one["name"] == "安吉县")
    assert (line["independent"], line["learning"]) == (1, 1)
    answer = officer.get("/api/v1/techniques/progress", {"year": "2015"}).json()
    found = next(one for one in answer["counties"] if one["name"] == "安吉县")
    assert (found["independent"], found["learning"]) == (1, 1)
    counted = {one["technique"]: (one["independent"], one["learning"]) for one in answer["techniques"]}
    assert (counted[TECHNIQUE], counted["icu_department"]) == ((1, 0), (0, 1))
    assert sum(len(one["hospitals"]) for one in answer["counties"]) == len(
        set(Pairing.objects.filter(round=pairing.round).values_list("recipient", flat=True))
    )
    book = officer.get(reverse("capabilities:progress"), {"year": "2015", "export": "xlsx"})
    assert b"".join(book.streaming_content)[:2] == b"PK"
    assert officer.get(reverse("capabilities:progress"), {"year": "1999"}).status_code == 400
    assert officer.get(reverse("capabilities:progress"), {"technique": "flying"}).status_code == 400
    assert officer.get("/api/v1/techniques/progress", {"year": "1999"}).status_code == 404


def test_the_interface_follows_the_same_rules(pairing: Pairing, user_at: UserAt) -> None:
    head = client(user_at(pairing.recipient, "hospital_president"))
    base = f"/api/v1/hospitals/{pairing.recipient_id}/techniques/{TECHNIQUE}"
    sent = {"hospital_id": pairing.recipient_id, "on": "2015-03-01", "number": "3 号"}
    answer = head.post(f"{base}/approvals", sent, content_type="application/json")
    assert answer.status_code == 201
    assert answer.json()["approved_here"]
    assert head.post(f"{base}/approvals", sent, content_type="application/json").status_code == 409
    other = {**sent, "hospital_id": pairing.supporter_id}
    assert head.post(f"{base}/approvals", other, content_type="application/json").status_code == 403
    nobody = {**sent, "hospital_id": 10**9}
    assert head.post(f"{base}/approvals", nobody, content_type="application/json").status_code == 404
    approval = answer.json()["approvals"][0]["id"]
    end = {"on": "2015-04-01", "reason": "停用"}
    answer = head.post(f"/api/v1/technique-approvals/{approval}/end", end, content_type="application/json")
    assert (answer.status_code, answer.json()["state"]) == (200, "none")


def test_a_department_head_reads_the_own_hospitals_record(pairing: Pairing) -> None:
    from duikou.core.models import OrgUnit, RoleGrant

    actions.approve(
        actor=SYSTEM, recipient=pairing.recipient, technique=TECHNIQUE, hospital=pairing.recipient,
        on=dt.date(2015, 3, 1), number="3 号",
    )  # fmt: skip
    ward = OrgUnit.objects.create(kind="department", name="演示科", parent=pairing.recipient.org)
    user = User.objects.create(username="ward")
    RoleGrant.objects.create(user=user, role="department_head", org=ward, valid_from=dt.date(2014, 1, 1))
    page = client(user).get(url("technique", pairing))
    assert page.status_code == 200
    assert client(user).post(url("approve", pairing), SENT).status_code == 403
