"""Who sees what: paths, grants with dates, and `visible_to` as the one choke point."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from duikou.core.models import AuditEvent, OrgUnit, RoleGrant
from duikou.core.paths import WIDTH, child_path, contains, successor
from duikou.core.roles import ORG_KINDS, permissions, roles
from duikou.core.scope import NOBODY, ROOT, SYSTEM, Actor, Grant, actor_for

Make = Callable[..., Any]

numbers = st.integers(min_value=1, max_value=10**WIDTH - 2)
paths = st.lists(numbers, min_size=1, max_size=6).map(
    lambda steps: "".join(child_path("", step) for step in steps)
)
families = st.tuples(paths, st.lists(numbers, max_size=3)).map(
    lambda found: (found[0], found[0] + "".join(child_path("", step) for step in found[1]))
)


# --- paths


@given(families)
def test_descendants_lie_in_the_range_of_their_ancestor(family: tuple[str, str]) -> None:
    ancestor, descendant = family
    assert contains(ancestor, descendant)
    assert ancestor <= descendant < successor(ancestor)


@given(paths, paths)
def test_the_range_holds_descendants_only(one: str, other: str) -> None:
    assert (one <= other < successor(one)) == contains(one, other)


@given(paths)
def test_the_root_contains_everything(path: str) -> None:
    assert contains(ROOT, path)


# --- actors


def grant(path: str, role: str = "city_officer") -> Grant:
    return Grant(role, 1, "city", "某市", path)


@given(st.lists(paths, max_size=6), paths)
def test_an_actor_may_exactly_below_the_places_granted(places: list[str], asked: str) -> None:
    actor = Actor(1, "某人", tuple(grant(path) for path in places))
    expected = any(asked.startswith(path) for path in places)
    assert actor.may("hospital.edit", asked) == expected
    assert actor.may("hospital.edit") == bool(places)
    assert not actor.may("audit.view", asked)
    kept = actor.paths("hospital.edit")
    assert all(not contains(a, b) for a in kept for b in kept if a != b)
    assert set(kept) <= set(places)


@given(st.lists(paths, max_size=4), st.lists(paths, max_size=4))
def test_an_actor_acts_at_the_first_place_that_allows_it(places: list[str], asked: list[str]) -> None:
    actor = Actor(1, "某人", tuple(grant(path) for path in places))
    found = actor.place_for("hospital.edit", asked)
    allowed = [path for path in asked if actor.may("hospital.edit", path)]
    assert found == (allowed or asked or [""])[0]


@given(st.lists(paths, max_size=4), st.sets(st.sampled_from(sorted(permissions()))), paths)
def test_a_token_never_allows_more_than_its_owner_may(
    places: list[str], scopes: set[str], asked: str
) -> None:
    owner = Actor(1, "某人", tuple(grant(path) for path in places))
    token = owner.limited_to(scopes)
    for permission in permissions():
        assert token.may(permission, asked) == (owner.may(permission, asked) and permission in scopes)
    assert token.permissions == owner.permissions & scopes


def test_nobody_may_nothing_and_the_system_everything() -> None:
    for permission in permissions():
        assert not NOBODY.may(permission)
        assert SYSTEM.may(permission, "0000001")
    assert NOBODY.home is None


# --- roles as data


def test_every_role_can_be_read_by_a_person() -> None:
    for role in roles().values():
        assert role.zh
        assert role.en
        assert role.about_zh
        assert role.about_en
        assert role.permissions
        assert set(role.kinds) <= set(ORG_KINDS)


def test_duties_are_separated() -> None:
    writing = {name for name in permissions() if name.partition(".")[2] not in ("view",)} - {"token.manage"}
    assert not roles()["auditor"].permissions & writing
    business = {
        "pairing.edit",
        "pairing.import",
        "finding.work",
        "finding.accept",
        "round.manage",
        "hospital.edit",
    }
    assert not roles()["system_admin"].permissions & business
    for name, role in roles().items():
        if name != "system_admin":
            assert "account.manage" not in role.permissions


# --- in the database


@pytest.mark.django_db
class TestGrants:
    def test_a_grant_holds_from_its_first_to_its_last_day(self, account: Make) -> None:
        user = account("city_officer", "杭州市")
        first, last = dt.date(2014, 1, 1), dt.date(2014, 6, 30)
        RoleGrant.objects.filter(user=user).update(valid_from=first, valid_to=last)
        day = dt.timedelta(days=1)
        held = [bool(actor_for(user, on).grants) for on in (first - day, first, last, last + day)]
        assert held == [False, True, True, False]
        assert not actor_for(user).grants

    def test_a_disabled_account_may_nothing(self, account: Make) -> None:
        user = account("city_officer", "杭州市")
        user.is_active = False
        assert actor_for(user) == NOBODY

    def test_a_role_that_the_program_no_longer_knows_gives_nothing(self, account: Make) -> None:
        user = account("city_officer", "杭州市")
        RoleGrant.objects.filter(user=user).update(role="long_gone")
        assert actor_for(user).grants == ()

    def test_home_is_the_highest_grant(self, account: Make) -> None:
        user = account("inspector", "杭州市")
        province = OrgUnit.objects.get(name="浙江省")
        RoleGrant.objects.create(user=user, role="inspector", org=province, valid_from=timezone.localdate())
        home = actor_for(user).home
        assert home is not None
        assert home.org_name == "浙江省"


@pytest.mark.django_db
class TestVisibleTo:
    def test_rows_inside_only(self, account: Make, actor: Make) -> None:
        for name in ("杭州市", "宁波市", "长兴县"):
            role = "county_officer" if name.endswith("县") else "city_officer"
            account(role, name)

        def seen(who: Actor) -> set[str]:
            return set(RoleGrant.objects.visible_to(who).values_list("org__name", flat=True))

        assert seen(actor("auditor", "宁波市")) == {"宁波市"}
        assert seen(actor("auditor", "湖州市")) == {"长兴县", "湖州市"}
        assert {"杭州市", "宁波市", "长兴县"} <= seen(actor("auditor", "浙江省"))
        assert seen(actor("city_officer", "杭州市")) == set()  # sees no accounts at all
        assert seen(NOBODY) == set()
        assert seen(SYSTEM) == set(RoleGrant.objects.values_list("org__name", flat=True))

    def test_another_permission_narrows(self, actor: Make) -> None:
        who = actor("auditor", "浙江省")
        assert RoleGrant.objects.visible_to(who).exists()
        assert not RoleGrant.objects.visible_to(who, "account.manage").exists()

    def test_the_range_query_uses_the_index(self) -> None:
        query = AuditEvent.objects.filter(scope_path__within="00000010000002").order_by()
        if connection.vendor == "sqlite":
            assert "USING INDEX" in query.explain() or "USING COVERING INDEX" in query.explain()
        else:
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_seqscan = off")
            assert "Index" in query.explain()


@pytest.mark.django_db
@settings(max_examples=30, deadline=None)
@given(st.data())
def test_visible_to_agrees_with_the_slow_obvious_rule(data: st.DataObject) -> None:
    """The oracle walks up the tree, row by row."""
    units = list(OrgUnit.objects.exclude(path=None).order_by("pk"))
    chosen = data.draw(st.lists(st.sampled_from(units), max_size=4))
    who = Actor(1, "某人", tuple(Grant("auditor", u.pk, u.kind, u.name, u.path or "") for u in chosen))
    parents = {unit.pk: unit.parent_id for unit in units}

    def below(unit_id: int | None) -> bool:
        while unit_id is not None:
            if unit_id in {unit.pk for unit in chosen}:
                return True
            unit_id = parents[unit_id]
        return False

    from duikou.core.scope import within

    seen = set(
        OrgUnit.objects.filter(within(who.paths("account.view"), ("path",))).values_list("pk", flat=True)
    )
    assert seen == {unit.pk for unit in units if below(unit.pk)}
