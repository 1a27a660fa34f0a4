"""Who reaches what of the people wings, over every address and every operation of theirs.

A posted doctor reaches the own record alone, a trainee likewise; a head of department what is the own
department's; another hospital, and another department, nothing: neither by number (404 like something
that is not there, 403 where the permission lacks) nor in any list, export or answer, and nothing of it
is written. What leads to an object is in the tables of the other walks: an address or an operation
that they do not know fails here, too.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from duikou.api.root import api
from duikou.core.models import AuditEvent, OrgUnit, RoleGrant, User
from duikou.core.roles import roles
from duikou.core.scope import actor_for
from tests.wings.walk import people_stage
from tests.wings.walk.people_stage import Record, Stage, account
from tests.wings.walk.test_api_by_role import Asker, Known, _token
from tests.wings.walk.test_api_by_role import operations as all_operations
from tests.wings.walk.test_pages_by_role import Page, is_unscoped, sample
from tests.wings.walk.test_pages_by_role import pages as all_pages
from tests.wings.walk.world import SINCE, World

WINGS = ("postings", "training", "swaps", "rosters", "presence", "credits", "staffing")
REFUSED = (403, 404, 405)
# Addresses of these wings that ask for no sign-in: each is tested where it belongs, by its secret.
OPEN: set[str] = {
    "presence:worker",  # a script that holds nothing of anybody
    "rosters:feed",  # the address is the key
}
# Pages about no single record that have arguments: what the walk asks them for.
ARGUMENTS: dict[str, dict[str, Any]] = {"credits:issue-year": {"year": 2014}}
# Lists show the present day, week or month unless they are asked for the time of the records.
TIMES: dict[str, dict[str, str]] = {
    "staffing:overview": {"month": "2014-06"},
    "staffing:hospitals": {"month": "2014-06"},
    "staffing:people": {"month": "2014-06"},
    "staffing:gaps": {"month": "2014-06"},
    "presence:list": {"week": "2014-03-03"},
    "presence:week": {"week": "2014-03-03"},
    "presence:work": {"last": "2014-03-31", "all": "yes"},
    "credits:list": {"year": "2014"},
}


# ---------------------------------------------------------------- what there is


def pages() -> list[Page]:
    """All pages of the people wings that need a sign-in."""
    return [page for page in all_pages() if page.name.partition(":")[0] in WINGS]


def operations() -> list[Known]:
    """All operations of the people wings: by their routers, whatever they are called."""
    paths = set()
    for wing in WINGS:
        try:
            routers = importlib.import_module(f"duikou.wings.{wing}.api").routers
        except ModuleNotFoundError:
            continue
        paths |= {f"/api/v1{path}" for router in routers for path in router.path_operations}
    found = [known for known in all_operations() if known.path in paths]
    assert {known.path for known in found} == paths  # none of them is open to all
    return found


def unguarded_of(wings: Collection[str]) -> Iterator[str]:
    """Addresses of wings whose view names no permission."""

    def walk(resolver: URLResolver, namespace: str) -> Iterator[tuple[str, Any]]:
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                yield from walk(entry, entry.namespace or namespace)
            elif isinstance(entry, URLPattern):
                yield f"{namespace}:{entry.name}", entry.callback

    for name, view in walk(get_resolver(), ""):
        if name.partition(":")[0] in wings and getattr(view, "permission", None) is None:
            yield name


# ---------------------------------------------------------------- who walks


@dataclass
class Walker:
    """An account, and what it must not reach."""

    user: User
    forbidden: list[World]  # objects
    silent: list[str]  # marks that no answer may contain
    own: World | None = None  # objects that it does reach, by what its role allows
    heard: str = ""  # a mark that its pages do contain, by this permission
    by: str = ""

    @property
    def allowed(self) -> frozenset[str]:
        """What its roles allow."""
        return actor_for(self.user).permissions


def _granted(role: str, org: OrgUnit) -> User:
    user = User.objects.create(username=f"stage-{role}-{org.pk}", display_name=role)
    RoleGrant.objects.create(user=user, role=role, org=org, valid_from=SINCE)
    return user


def _worlds(*records: Record) -> list[World]:
    return [record.world for record in records]


def posted_doctor(stage: Stage) -> Walker:
    """Sees the own record: not a colleague's of the same department, nor the trainees'."""
    marks = [stage.colleague.mark, stage.elsewhere.mark, stage.own.trainee.name]
    forbidden = [*_worlds(stage.colleague, stage.elsewhere), stage.inside, stage.outside]
    user = account(stage.own, stage.own.doctor)
    return Walker(user, forbidden, marks, stage.own.world, stage.own.doctor.name, "posting.own")


def trainee(stage: Stage) -> Walker:
    """Sees the own training alone."""
    marks = [stage.colleague.mark, stage.elsewhere.mark, stage.own.doctor.name]
    forbidden = [*_worlds(stage.colleague, stage.elsewhere), stage.inside, stage.outside]
    user = account(stage.own, stage.own.trainee)
    return Walker(user, forbidden, marks, None, stage.own.trainee.name, "training.own")


def host_head(stage: Stage) -> Walker:
    """Sees the own department's people: not those of another department of the same hospital."""
    org = stage.own.department.org
    assert org is not None
    user = _granted("department_head", org)
    forbidden = [stage.elsewhere.world, stage.inside, stage.outside]
    marks = [stage.elsewhere.mark]
    return Walker(user, forbidden, marks, stage.own.world, stage.own.doctor.name, "posting.view")


def unrelated_head(stage: Stage) -> Walker:
    """A department that nobody was posted to sees nothing."""
    org = OrgUnit.objects.create(kind="department", name="无关科室", parent=stage.inside.hospital.org)
    records = (stage.own, stage.colleague, stage.elsewhere)
    return Walker(
        _granted("department_head", org),
        [*_worlds(*records), stage.inside, stage.outside],
        [record.mark for record in records],
    )


def _stranger(role: str) -> Callable[[Stage], Walker]:
    def walker(stage: Stage) -> Walker:
        org = stage.outside.hospital.org
        if roles()[role].kinds == ["department"] or "hospital" not in roles()[role].kinds:
            org = OrgUnit.objects.create(kind="department", name="外院科室", parent=org)
        records = (stage.own, stage.colleague, stage.elsewhere)
        return Walker(
            _granted(role, org),
            [*_worlds(*records), stage.inside],
            [record.mark for record in records],
        )

    return walker


WALKERS: dict[str, Callable[[Stage], Walker]] = {
    "posted doctor": posted_doctor,
    "trainee": trainee,
    "head of the host department": host_head,
    "head of another department": unrelated_head,
    "president of another hospital": _stranger("hospital_president"),
    "liaison of another hospital": _stranger("hospital_liaison"),
    "head in another hospital": _stranger("department_head"),
    "staff of another hospital": _stranger("medical_staff"),
}


# ---------------------------------------------------------------- the walk


class _Undo(Exception):
    pass


def _undone(ask: Callable[[], Any]) -> tuple[int, str, bool]:
    """Status and text of an answer, and whether it wrote anything; then undone."""
    status, text, wrote = 0, "", False
    try:
        with transaction.atomic():
            before = AuditEvent.objects.count()
            answer = ask()
            status, text = int(answer.status_code), _text(answer)
            wrote = AuditEvent.objects.count() != before
            raise _Undo
    except _Undo:
        return status, text, wrote


def _text(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return bytes(content).decode("utf-8", "replace")


def _pages_trouble(walker: Walker) -> Iterator[str]:
    client = Client()
    client.force_login(walker.user)
    heard = False
    for page in pages():
        may = page.permission is None or page.permission in walker.allowed
        if page.arguments and not is_unscoped(page):
            # Without the permission nothing of the object is looked at: one object will do.
            for world in walker.forbidden if may else walker.forbidden[:1]:
                for method in ("get", "post"):
                    url = reverse(page.name, kwargs=sample(page, world))
                    status, _said, wrote = _undone(lambda m=method, u=url: getattr(client, m)(u))
                    if status not in REFUSED or wrote:
                        yield f"{method} {page.name} of somebody else: {status}"
            if walker.own is None:
                continue
            asked = [reverse(page.name, kwargs=sample(page, walker.own))]
        else:
            if page.arguments and page.name not in ARGUMENTS:
                pytest.fail(f"{page.name} {page.arguments}: say in ARGUMENTS what the walk asks for")
            asked = [reverse(page.name, kwargs=ARGUMENTS.get(page.name))]
        for url in asked:
            for query in (TIMES.get(page.name, {}), {**TIMES.get(page.name, {}), "export": "csv"}):
                status, said, _wrote = _undone(lambda u=url, q=query: client.get(u, q))
                if not may and status not in REFUSED:
                    yield f"get {page.name} without {page.permission}: {status}"
                leaked = [mark for mark in walker.silent if mark in said]
                if leaked:
                    yield f"get {page.name} {query}: shows {leaked}"
                heard = heard or bool(walker.heard and walker.heard in said)
    if not heard and walker.by in {page.permission for page in pages()}:
        yield f"no page shows {walker.heard}: the walk proves nothing"


def _operations_trouble(walker: Walker) -> Iterator[str]:
    asker = Asker(_token(walker.user))
    for known in operations():
        may = known.permission is None or known.permission in walker.allowed
        for world in walker.forbidden if known.scoped and may else walker.forbidden[:1]:
            status, said, wrote = _undone(lambda k=known, w=world: asker.answer(k, w))
            if known.scoped and (status not in REFUSED or wrote):
                yield f"{known.id} of somebody else: {status}"
            leaked = [mark for mark in walker.silent if mark in said]
            if leaked:
                yield f"{known.id}: shows {leaked}"
        if walker.own is not None and known.scoped:
            status, said, _wrote = _undone(lambda k=known: asker.answer(k, walker.own))
            leaked = [mark for mark in walker.silent if mark in said]
            if leaked:
                yield f"{known.id} of the own record: shows {leaked}"


@pytest.mark.django_db
@pytest.mark.parametrize("who", sorted(WALKERS))
def test_nobody_reaches_more_than_what_concerns_them(who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.throttle_per_actor, "rate", 0)
    walker = WALKERS[who](people_stage.build())
    trouble = [*_pages_trouble(walker), *_operations_trouble(walker)]
    assert not trouble, "\n".join(trouble)


def test_every_address_names_a_permission() -> None:
    assert set(unguarded_of(WINGS)) == OPEN


def test_the_walk_knows_all_wings_that_have_pages() -> None:
    """Wings of the group 人员帮扶 in the navigation are those that are walked."""
    from duikou.web.navigation import GROUPS

    group = next(group for group in GROUPS if str(group.heading) == "人员帮扶")
    assert {entry.name.partition(":")[0] for entry in group.entries} <= set(WINGS)
