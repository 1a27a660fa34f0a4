"""Every write is one act: permission, change and audit event stand or fall together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from duikou.core.actions import act, require, require_reason
from duikou.core.errors import Denied, Invalid
from duikou.core.models import AuditEvent, OrgUnit, RoleGrant
from duikou.core.scope import NOBODY, SYSTEM

pytestmark = pytest.mark.django_db

Make = Callable[..., Any]


def path(name: str) -> str:
    return str(OrgUnit.objects.get(name=name).path)


def rename(actor: Any, unit: OrgUnit, name: str) -> None:
    with act("test.rename", actor=actor, permission="hospital.edit", on=unit.path or "") as event:
        before, unit.name = unit.name, name
        unit.save(update_fields=["name"])
        event.note(unit, before={"name": before}, after={"name": name}, reason="改名")


def test_it_works(actor: Make) -> None:
    me, unit = actor("city_officer", "杭州市"), OrgUnit.objects.get(name="杭州市")
    rename(me, unit, "杭州")
    event = AuditEvent.objects.get(action="test.rename")
    assert (event.actor_id, event.actor_label) == (me.user_id, me.label)
    assert (event.target_type, event.target_id, event.target_label) == ("core.orgunit", str(unit.pk), "杭州")
    assert (event.before, event.after, event.reason) == ({"name": "杭州市"}, {"name": "杭州"}, "改名")
    assert event.scope_path == unit.path


@pytest.mark.parametrize(
    ("role", "org"),
    [
        ("city_officer", "宁波市"),  # the right role elsewhere
        ("county_officer", "长兴县"),  # a role without the permission
        ("auditor", "浙江省"),
        (None, None),
    ],
)
def test_without_the_permission_there_nothing_happens(actor: Make, role: str | None, org: str | None) -> None:
    unit = OrgUnit.objects.get(name="杭州市")
    with pytest.raises(Denied):
        rename(actor(role, org), unit, "杭州")
    assert OrgUnit.objects.filter(name="杭州市").exists()
    assert not AuditEvent.objects.filter(action="test.rename").exists()


def test_a_failure_after_the_change_undoes_the_change_and_the_event(actor: Make) -> None:
    unit = OrgUnit.objects.get(name="杭州市")

    def half() -> None:
        with act("test.rename", actor=SYSTEM, permission="hospital.edit", on=unit.path or ""):
            OrgUnit.objects.filter(pk=unit.pk).update(name="杭州")
            raise Invalid("not like this")

    with pytest.raises(Invalid):
        half()
    assert OrgUnit.objects.filter(name="杭州市").exists()
    assert not AuditEvent.objects.filter(action="test.rename").exists()


def test_a_scoped_row_brings_its_own_place(actor: Make, account: Make) -> None:
    grant = RoleGrant.objects.get(user=account("inspector", "宁波市"))
    inside, outside = actor("system_admin", "宁波市"), actor("system_admin", "杭州市")
    with act("test.touch", actor=inside, permission="account.manage", on=grant):
        pass
    event = AuditEvent.objects.get(action="test.touch")
    assert (event.target_type, event.target_id, event.scope_path) == (
        "core.rolegrant",
        str(grant.pk),
        path("宁波市"),
    )
    with pytest.raises(Denied), act("test.touch", actor=outside, permission="account.manage", on=grant):
        pass


def test_without_a_place_the_permission_anywhere_suffices(actor: Make) -> None:
    require(actor("city_officer", "杭州市"), "hospital.edit", None)
    require(SYSTEM, "hospital.edit", ())
    with pytest.raises(Denied):
        require(NOBODY, "hospital.edit", None)
    with pytest.raises(Denied):
        require(actor("city_officer", "杭州市"), "hospital.edit", ())


def test_the_refusal_names_the_permission(actor: Make) -> None:
    with pytest.raises(Denied, match="维护医院登记"):
        require(actor("auditor", "浙江省"), "hospital.edit", None)


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_a_demanded_reason_must_be_given(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        require_reason(text)
    assert "reason" in caught.value.fields
    assert require_reason(" 因合并 ") == "因合并"
