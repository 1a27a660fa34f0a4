"""Opening accounts and granting roles: who may, where, and every refusal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.test import RequestFactory
from django.utils import timezone

from duikou.core import tokens
from duikou.core.errors import Conflict, Denied, Invalid
from duikou.core.models import AuditEvent, OrgUnit, RoleGrant, User
from duikou.core.scope import SYSTEM, actor_for
from duikou.wings.people import actions

pytestmark = pytest.mark.django_db


def org(name: str) -> OrgUnit:
    return OrgUnit.objects.get(name=name)


@pytest.fixture
def admin(account: Callable[..., Any]) -> User:
    return account("system_admin", "杭州市", "hangzhou-admin")


def opened(actor: Any, role: str = "city_officer", place: str = "杭州市", username: str = "newcomer") -> Any:
    return actions.open_account(
        actor=actor, username=username, display_name="新人", role=role, org=org(place)
    )


def test_it_works(admin: User) -> None:
    user, password = opened(actor_for(admin))
    assert user.must_change_password
    assert user.check_password(password)
    assert [(g.role, g.org.name) for g in user.grants.all()] == [("city_officer", "杭州市")]
    event = AuditEvent.objects.get(action="account.open", target_id=str(user.pk))
    assert password not in f"{event.before}{event.after}{event.reason}{event.target_label}"
    assert event.scope_path == org("杭州市").path


@pytest.mark.parametrize(
    ("role", "place", "refusal"),
    [
        ("city_officer", "宁波市", Denied),  # outside the administrator's area
        ("provincial_officer", "浙江省", Denied),  # above it
        ("provincial_officer", "杭州市", Invalid),  # a role of another level
        ("city_officer", "浙江医院", Denied),  # a provincial hospital hangs under the province
        ("king", "杭州市", Invalid),
    ],
)
def test_an_account_is_refused(admin: User, role: str, place: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        opened(actor_for(admin), role, place)
    assert not User.objects.filter(username="newcomer").exists()


@pytest.mark.parametrize("username", ["x", "王五", "has space", "-dash", "a" * 61, "HANGZHOU-ADMIN"])
def test_a_name_that_does_not_fit_is_refused(admin: User, username: str) -> None:
    with pytest.raises(Invalid) as refusal:
        opened(actor_for(admin), username=username)
    assert "username" in refusal.value.fields


def test_only_administrators_open_accounts(actor: Callable[..., Any]) -> None:
    for role, place in (("provincial_officer", "浙江省"), ("city_officer", "杭州市"), ("auditor", "浙江省")):
        with pytest.raises(Denied):
            opened(actor(role, place))


def test_nobody_changes_their_own_roles(admin: User) -> None:
    me = actor_for(admin)
    with pytest.raises(Denied):
        actions.grant_role(actor=me, user=admin, role="city_officer", org=org("杭州市"))
    with pytest.raises(Denied):
        actions.end_grant(actor=me, grant=admin.grants.get(), reason="离岗")
    with pytest.raises(Denied):
        actions.deactivate(actor=me, user=admin, reason="离岗")
    with pytest.raises(Denied):
        actions.reset_password(actor=me, user=admin)
    assert admin.grants.count() == 1


def test_a_role_is_granted_for_a_time_and_taken_back(admin: User) -> None:
    user, _password = opened(actor_for(admin))
    today = timezone.localdate()
    grant = actions.grant_role(
        actor=actor_for(admin),
        user=user,
        role="inspector",
        org=org("杭州市"),
        valid_from=today - dt.timedelta(days=9),
        valid_to=today + dt.timedelta(days=9),
    )
    assert "inspector" in {held.role for held in actor_for(user).grants}
    actions.end_grant(actor=actor_for(admin), grant=grant, reason="调岗")
    assert "inspector" not in {held.role for held in actor_for(user).grants}
    grant.refresh_from_db()
    assert grant.valid_to == today - dt.timedelta(days=1)
    with pytest.raises(Conflict):
        actions.end_grant(actor=actor_for(admin), grant=grant, reason="再来一次")


def test_a_grant_is_refused(admin: User, account: Callable[..., Any]) -> None:
    me = actor_for(admin)
    user, _password = opened(me)
    day = timezone.localdate()
    with pytest.raises(Conflict):  # held already
        actions.grant_role(actor=me, user=user, role="city_officer", org=org("杭州市"))
    with pytest.raises(Invalid):  # ends before it begins
        actions.grant_role(
            actor=me,
            user=user,
            role="inspector",
            org=org("杭州市"),
            valid_from=day,
            valid_to=day - dt.timedelta(days=1),
        )
    with pytest.raises(Denied):  # elsewhere
        actions.grant_role(actor=me, user=user, role="inspector", org=org("宁波市"))
    elsewhere = account("city_officer", "宁波市")
    with pytest.raises(Denied):  # somebody else's grant
        actions.end_grant(actor=me, grant=elsewhere.grants.get(), reason="没有理由")
    with pytest.raises(Invalid):  # no reason
        actions.end_grant(actor=me, grant=user.grants.get(), reason="  ")
    actions.deactivate(actor=me, user=user, reason="离岗")
    with pytest.raises(Conflict):  # closed
        actions.grant_role(actor=me, user=user, role="inspector", org=org("杭州市"))


def test_the_last_administrator_stays(account: Callable[..., Any]) -> None:
    User.objects.exclude(grants=None).update(is_active=False)
    last = account("system_admin")
    with pytest.raises(Conflict):
        actions.end_grant(actor=SYSTEM, grant=last.grants.get(), reason="试试")
    with pytest.raises(Conflict):
        actions.deactivate(actor=SYSTEM, user=last, reason="试试")
    account("system_admin")
    actions.deactivate(actor=SYSTEM, user=last, reason="离岗")


def test_an_account_with_a_role_elsewhere_is_for_those_above(
    admin: User, account: Callable[..., Any], actor: Callable[..., Any]
) -> None:
    user = account("city_officer", "杭州市")
    RoleGrant.objects.create(
        user=user, role="city_officer", org=org("宁波市"), valid_from=dt.date(2014, 1, 1)
    )
    me = actor_for(admin)
    for act in (
        lambda: actions.reset_password(actor=me, user=user),
        lambda: actions.deactivate(actor=me, user=user, reason="离岗"),
        lambda: actions.reactivate(actor=me, user=user, reason="复岗"),
    ):
        with pytest.raises(Denied):
            act()
    assert actions.reset_password(actor=actor("system_admin", "浙江省"), user=user)


def test_an_account_that_never_had_a_role_is_the_nations(admin: User, actor: Callable[..., Any]) -> None:
    user = User.objects.create(username="bare")
    with pytest.raises(Denied):
        actions.reset_password(actor=actor_for(admin), user=user)
    assert actions.reset_password(actor=actor("system_admin"), user=user)


def test_a_closed_account_is_shut_out_and_can_be_opened_again(admin: User, rf: RequestFactory) -> None:
    me = actor_for(admin)
    user, password = opened(me)
    User.objects.filter(pk=user.pk).update(must_change_password=False)
    _row, token = tokens.create(actor=actor_for(user), name="取数", scopes=["hospital.view"], days=30)
    assert tokens.actor_of(token)
    actions.deactivate(actor=me, user=user, reason="离岗")
    assert authenticate(rf.post("/"), username=user.username, password=password) is None
    assert tokens.actor_of(token) is None
    assert actor_for(user).grants == ()
    with pytest.raises(Conflict):
        actions.deactivate(actor=me, user=user, reason="再停一次")
    fresh = actions.reactivate(actor=me, user=user, reason="复岗")
    user.refresh_from_db()
    assert user.is_active
    assert user.must_change_password
    assert user.check_password(fresh)
    with pytest.raises(Conflict):
        actions.reactivate(actor=me, user=user, reason="再来")
    kept = AuditEvent.objects.filter(target_id=str(user.pk), target_type="core.user").exclude(reason="")
    reasons = [(event.action, event.reason) for event in kept.order_by("number")]
    assert reasons == [("account.deactivate", "离岗"), ("account.reactivate", "复岗")]


def test_language_is_chosen_by_oneself_only(admin: User, account: Callable[..., Any]) -> None:
    actions.choose_language(actor=actor_for(admin), user=admin, language="en")
    admin.refresh_from_db()
    assert admin.language == "en"
    with pytest.raises(Invalid):
        actions.choose_language(actor=actor_for(admin), user=admin, language="xx")
    with pytest.raises(Denied):
        actions.choose_language(actor=actor_for(admin), user=account("auditor", "浙江省"), language="en")
