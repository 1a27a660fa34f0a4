"""The audit trail: scope, filters, detail, and the check of the chain."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

import duikou
from duikou.core import audit, trail, triggers
from duikou.core.actions import act
from duikou.core.errors import Denied
from duikou.core.jobs.models import Job
from duikou.core.jobs.worker import run_worker
from duikou.core.models import AuditEvent, AuditHead, OrgUnit
from duikou.core.scope import SYSTEM
from duikou.web.acts import ACTS, act_label

pytestmark = pytest.mark.django_db
LIST = "/app/audit/"


def noted(place: str, label: str = "标记", **values: Any) -> AuditEvent:
    with act("person.enter", actor=SYSTEM, permission="person.edit", on=path(place)) as event:
        event.note(label=label, **values)
    return AuditEvent.objects.latest("number")


def path(place: str) -> str:
    return str(OrgUnit.objects.get(name=place).path)


def test_only_events_of_the_area_are_shown(
    signed_in: Callable[..., Client], read: Callable[..., str]
) -> None:
    inside, outside = noted("桐庐县", "桐庐标记"), noted("宁波市", "宁波标记")
    client = signed_in("auditor", "杭州市")
    page = read(LIST)
    assert "桐庐标记" in page
    assert "宁波标记" not in page
    assert client.get(f"{LIST}{inside.number}/").status_code == 200
    for hidden in (outside.number, 10**9):
        assert client.get(f"{LIST}{hidden}/").status_code == 404


def test_sign_ins_belong_to_the_area_of_the_account(
    account: Callable[..., Any], signed_in: Callable[..., Client], read: Callable[..., str], client: Client
) -> None:
    client.force_login(account("county_officer", "桐庐县", "tonglu"))
    client.force_login(account("county_officer", "慈溪市", "cixi"))
    client.force_login(account(None, None, "bare"))
    shown = {e.actor_id for e in trail.events(_actor(account("auditor", "杭州市")))}
    assert len(shown - {None}) == 1
    everything = {e.actor_label for e in trail.events(_actor(account("auditor")))}
    assert "无角色" in everything  # an account without a role is seen from the nation


def _actor(user: Any) -> Any:
    from duikou.core.scope import actor_for

    return actor_for(user)


def test_an_act_without_a_place_belongs_to_the_actors_area(actor: Callable[..., Any]) -> None:
    from duikou.core import tokens

    officer = actor("city_officer", "杭州市")
    tokens.create(actor=officer, name="取数", scopes=["hospital.view"], days=30)
    assert AuditEvent.objects.get(action="token.created").scope_path == path("杭州市")


def test_without_the_permission_it_is_refused(signed_in: Callable[..., Client]) -> None:
    number = noted("桐庐县").number
    client = signed_in("city_officer", "杭州市")
    assert client.get(LIST).status_code == 403
    assert client.get(f"{LIST}{number}/").status_code == 403
    assert client.post(reverse("audit:verify")).status_code == 403


def test_filters(signed_in: Callable[..., Client], read: Callable[..., str]) -> None:
    event = noted("杭州市", "特别标记", reason="特别理由")
    client = signed_in("auditor", "浙江省")
    today = timezone.localdate().isoformat()

    def found(**query: str) -> bool:
        return "特别标记" in read(LIST, **query)

    assert found(q="特别理由")
    assert found(action="person.enter", since=today, until=today)
    assert found(person="系统")
    assert found(upto=str(event.number))
    assert found(routine="no")
    assert not found(routine="yes")
    assert not found(upto=str(event.number - 1))
    assert not found(since="2099-01-01")
    assert not found(until="2001-01-01")
    assert not found(target="core.user:1")
    for wrong in ({"action": "nothing.known"}, {"since": "soon"}, {"upto": "x"}, {"upto": "9" * 30}):
        assert client.get(LIST, wrong).status_code == 400, wrong


def test_the_list_costs_few_queries(
    signed_in: Callable[..., Client], django_assert_max_num_queries: Any
) -> None:
    for number in range(100):
        noted("杭州市", f"标记{number}")
    client = signed_in("auditor", "浙江省")
    with django_assert_max_num_queries(8):
        page = client.get(LIST, {"size": "100", "action": "person.enter"})
    assert page.content.decode().count("标记") == 100


def test_an_event_shows_before_and_after(signed_in: Callable[..., Client], read: Callable[..., str]) -> None:
    event = noted(
        "杭州市",
        before={"role": "auditor", "same": 1, "gone": "x"},
        after={"role": "city_officer", "same": 1, "deep": {"list": ["a", "b"], "flag": True}},
    )
    kinds = {change.name: change.kind for change in trail.changes(event)}
    assert kinds == {
        "role": "changed",
        "same": "same",
        "gone": "removed",
        "deep.list": "added",
        "deep.flag": "added",
    }
    signed_in("auditor", "浙江省")
    page = read(f"{LIST}{event.number}/")
    for text in ("安全审计员", "市卫生健康主管人员", "a、b", event.digest, event.previous):
        assert text in page


def test_events_are_exported(signed_in: Callable[..., Client]) -> None:
    noted("杭州市", "=1+1")
    answer: Any = signed_in("auditor", "浙江省").get(LIST, {"export": "csv"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "'=1+1" in text


# --- the chain ----------------------------------------------------------------------------------------------


def check(client: Client) -> tuple[Job, str]:
    answer = client.post(reverse("audit:verify"))
    run_worker(burst=True, heartbeat=False, signals=False)
    job = Job.objects.get(task=trail.verify_chain.module_path)
    assert answer.headers["Location"] == reverse("jobs:job", args=[job.pk])
    return job, client.get(answer.headers["Location"]).content.decode()


def test_a_sound_chain_is_reported(signed_in: Callable[..., Client], read: Callable[..., str]) -> None:
    noted("杭州市")
    client = signed_in("auditor", "浙江省")
    job, page = check(client)
    assert job.result["sound"]
    assert job.result["events"] == AuditEvent.objects.count()
    assert "审计链完好" in page
    assert "全部完好" in read(LIST)
    assert AuditEvent.objects.filter(action="audit.verify", actor_id=job.enqueued_by_id).exists()


def test_the_first_broken_link_is_named(signed_in: Callable[..., Client], read: Callable[..., str]) -> None:
    event = noted("杭州市", "原文")
    noted("杭州市")
    change(event.number, target_label="篡改")
    client = signed_in("auditor", "浙江省")
    job, page = check(client)
    assert (job.result["sound"], job.result["number"]) == (False, event.number)
    assert "审计链断裂" in page
    assert f"事件 #{event.number} 内容被改动" in page
    assert "审计链断裂" in read(LIST)


def change(number: int, **values: Any) -> None:
    with connection.cursor() as cursor:
        for name in triggers.NAMES.values():
            table = f" ON {triggers.TABLE}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {name}{table}")
    AuditEvent.objects.filter(number=number).update(**values)
    triggers.install()


def test_an_event_beyond_the_head_is_a_break() -> None:
    noted("杭州市")
    head = AuditHead.objects.get()
    last = AuditEvent.objects.get(number=head.number)
    last.pk = last.number = head.number + 1
    last.save(force_insert=True)
    broken = audit.verify()
    assert broken is not None
    assert broken.number == head.number + 1


def test_events_appended_meanwhile_are_no_break() -> None:
    noted("杭州市")
    once: list[int] = []

    def append(done: int, total: int) -> None:
        if not once:
            once.append(total)
            noted("杭州市", "其间")

    assert audit.verify(progress=append) is None
    assert once


def test_a_second_request_watches_the_first_check(actor: Callable[..., Any]) -> None:
    auditor = actor("auditor", "浙江省")
    first = trail.request_verification(actor=auditor)
    assert trail.request_verification(actor=auditor).pk == first.pk
    with pytest.raises(Denied):
        trail.request_verification(actor=actor("city_officer", "杭州市"))


# --- words --------------------------------------------------------------------------------------------------


def names_of_acts() -> set[str]:
    found = set()
    for file in Path(duikou.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            if isinstance(node.func, ast.Name) and node.func.id in ("act", "record"):
                found.add(str(node.args[0].value))
    return found


def test_every_act_has_words() -> None:
    known = names_of_acts()
    assert len(known) > 30
    assert not {name for name in known if act_label(name) == name}
    assert act_label("finding.assign").startswith("核查发现")
    assert act_label("something.else") == "something.else"
    assert set(ACTS) >= {"account.open", "audit.verify"}
