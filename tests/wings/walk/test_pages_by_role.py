"""Every page with every role, with an object inside and one outside the scope.

Without the permission: 403 (405 where the method alone is wrong). With it, inside: an answer, whatever
the form says.
Outside: like something that does not exist. And no refused request writes anything.
The table of samples must be complete: an address that it does not know fails the test.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.urls.resolvers import URLResolver

from duikou.core.models import AuditEvent, RoleGrant, User
from duikou.core.roles import roles
from tests.wings.walk.world import World, inside_and_outside, place_of

SAMPLES: dict[str, Callable[[World], dict[str, Any]]] = {
    "hospitals:review": lambda w: {"pk": w.review.pk},
    "hospitals:alias-remove": lambda w: {"pk": w.hospital.pk, "alias": w.alias.pk},
    "hospitals:department-close": lambda w: {"pk": w.hospital.pk, "department": w.department.pk},
    "people:person": lambda w: {"pk": w.person.pk},
    "people:edit": lambda w: {"pk": w.person.pk},
    "people:account": lambda w: {"pk": w.account.pk},
    "people:grant": lambda w: {"pk": w.account.pk},
    "people:grant_end": lambda w: {"pk": w.account.pk, "grant_pk": w.grant.pk},
    "people:password_reset": lambda w: {"pk": w.account.pk},
    "people:deactivate": lambda w: {"pk": w.account.pk},
    "people:reactivate": lambda w: {"pk": w.account.pk},
    "pairings:detail": lambda w: {"pk": w.pairing.pk},
    "pairings:edit": lambda w: {"pk": w.pairing.pk},
    "pairings:end": lambda w: {"pk": w.pairing.pk},
    "pairings:link": lambda w: {"pk": w.pairing.pk},
    "pairings:heads": lambda w: {"pk": w.link.pk},
    "pairings:end_link": lambda w: {"pk": w.link.pk},
    "pairings:end_aid": lambda w: {"pk": w.aid.pk},
    "pairings:hospital_panel": lambda w: {"hospital_id": w.hospital.pk},
    "pairings:add_aid": lambda w: {"hospital_id": w.hospital.pk},
    "pairings:finding": lambda w: {"pk": w.finding.pk},
    "pairings:step": lambda w: {"pk": w.finding.pk, "step_id": "request_exception"},
    "pairings:batch_row": lambda w: {"pk": w.batch.pk, "position": 1},
    "pairings:proposal_step": lambda w: {"pk": w.proposal.pk, "step_id": "submit"},
    "capabilities:approval-end": lambda w: {"pk": w.approval.pk},
    "capabilities:approval-document": lambda w: {"pk": w.approval.pk},
    "capabilities:case-withdraw": lambda w: {"pk": w.performance.pk},
    "capabilities:case-document": lambda w: {"pk": w.performance.pk},
    "obligations:revoke": lambda w: {"pk": w.delegation.pk},
    "obligations:target": lambda w: {"pk": w.target.pk},
    "obligations:answer": lambda w: {"pk": w.target.pk},
    "obligations:judge": lambda w: {"pk": w.evidence.pk},
    "obligations:withdraw": lambda w: {"pk": w.evidence.pk},
    "obligations:proof": lambda w: {"pk": w.evidence.pk},
    "obligations:file": lambda w: {"pk": w.evidence.pk},
    "agreements:template": lambda w: {"pk": w.template.pk},
    "agreements:template_file": lambda w: {"pk": w.template.pk},
    "agreements:template_retire": lambda w: {"pk": w.template.pk},
    "agreements:new": lambda w: {"pairing": w.pairing.pk},
    "agreements:text": lambda w: {"pk": w.agreement.pk, "number": 2},
    "agreements:check": lambda w: {"pk": w.agreement.pk, "number": 2},
    "agreements:compare": lambda w: {"pk": w.agreement.pk, "number": 2},
    "agreements:file": lambda w: {"pk": w.agreement.pk, "name": "scan", "number": 1},
    "agreements:settle": lambda w: {"pk": w.agreement.pk, "comment": w.remark.pk},
    "agreements:original": lambda w: {"pk": w.agreement.pk, "number": 1},
    "agreements:end_take_back": lambda w: {"pk": w.ending.pk},
    "agreements:end_step": lambda w: {"pk": w.ending.pk, "step": "refuse"},
    "discharges:faults": lambda w: {"pk": w.submission.pk, "rule": "walk"},
    "discharges:regrouping": lambda w: {"pk": w.regrouping.pk},
    "discharges:settlement": lambda w: {"pk": w.settlement.pk},
    "discharges:settlement_faults": lambda w: {"pk": w.settlement.pk},
    "discharges:settlement_retract": lambda w: {"pk": w.settlement.pk},
    "discharges:weight_table": lambda w: {"pk": w.weights.pk},
    "discharges:choose_weights": lambda w: {"pk": w.weights.pk},
    "discharges:sums_retract": lambda w: {"pk": w.sums.pk},
    "discharges:residence": lambda w: {"pk": w.residence.pk},
    "discharges:county": lambda w: {"code": w.hospital.division.code},
    "discharges:hospital": lambda w: {"pk": w.hospital.pk},
    "plans:code": lambda w: {"code": w.plan.code},
    "plans:pairing": lambda w: {"pk": w.pairing.pk},
    "plans:gaps": lambda w: {"pk": w.pairing.pk},
    "plans:begin": lambda w: {"pk": w.pairing.pk},
    "plans:book": lambda w: {"pk": w.pairing.pk},
    "plans:task": lambda w: {"pk": w.task.pk},
    "plans:edit_task": lambda w: {"pk": w.task.pk},
    "plans:add_share": lambda w: {"pk": w.task.pk},
    "plans:task_step": lambda w: {"pk": w.task.pk, "step_id": "report"},
    "plans:confirm_share": lambda w: {"pk": w.share.pk},
    "plans:remove_share": lambda w: {"pk": w.share.pk},
    "plans:batch": lambda w: {"pk": w.task_batch.pk},
    "plans:issues": lambda w: {"pk": w.task_batch.pk},
    "plans:step": lambda w: {"pk": w.plan.pk, "step_id": "offer"},
    "jobs:job": lambda w: {"pk": w.job.pk},
    "jobs:cancel": lambda w: {"pk": w.job.pk},
    "jobs:progress": lambda w: {"pk": w.job.pk},
    "audit:event": lambda w: {"number": w.event.pk},
}
PREFIXES: dict[str, Callable[[World], dict[str, Any]]] = {
    "hospitals:": lambda w: {"pk": w.hospital.pk},
    "capabilities:": lambda w: {"pk": w.hospital.pk, "technique": "blood_purification"},
    "obligations:": lambda w: {"pk": w.obligation.pk},
    "pairings:batch": lambda w: {"pk": w.batch.pk},
    "pairings:proposal": lambda w: {"pk": w.proposal.pk},
    "plans:": lambda w: {"pk": w.plan.pk},
    "agreements:": lambda w: {"pk": w.agreement.pk},
    "discharges:": lambda w: {"pk": w.submission.pk},
    "pairings:needs": lambda w: {"pk": w.declarations.pk},
}
# Objects without a place in the organisation tree: public facts, reference data, a person's own things.
UNSCOPED = {
    "places:division",
    "places:boundary-use",
    "places:boundary-remove",
    "pairings:city",
    "pairings:county",
    "pairings:round",
    "pairings:edit_round",
    "pairings:run",
    "discharges:scheme",
    "discharges:weights",
    "discharges:weights_template",
    "discharges:activate",
    "discharges:regroup",
    "discharges:figure",  # an indicator's definition is for all; its rows are narrowed
    "token_revoke",  # only ever the own ones: tested with the tokens
}
UNSCOPED_SPACES = ("policy:",)
# No such step, no merger, no workbook of a file that was never read or has no faults, no paper handed in.
NOTHING_THERE = {
    "hospitals:merge-undo",
    "pairings:step",
    "discharges:workbook",
    "discharges:settlement_faults",
    "capabilities:approval-document",
    "capabilities:case-document",
    "obligations:file",
    "obligations:proof",
}
FRAMES = ("accounts/", "i18n/", "api/")  # allauth's own pages; the API has a walk of its own


@dataclass(frozen=True)
class Page:
    """One address of the site."""

    name: str
    arguments: tuple[str, ...]
    permission: str | None


def pages() -> list[Page]:
    """All pages that declare a permission."""

    def walk(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[Page]:
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
                yield from walk(entry, prefix + str(entry.pattern), inner)
            elif isinstance(entry, URLPattern) and not prefix.startswith(FRAMES):
                permission = getattr(entry.callback, "permission", "public")
                if permission != "public":
                    yield Page(f"{namespace}{entry.name}", tuple(entry.pattern.converters), permission)

    return list(walk(get_resolver(), "", ""))


def is_unscoped(page: Page) -> bool:
    """Whether the page is about something that has no place in the organisation tree."""
    return page.name in UNSCOPED or page.name.startswith(UNSCOPED_SPACES)


def sample(page: Page, world: World) -> dict[str, Any] | None:
    """Arguments that lead to the world's object; None for a page about no scoped object."""
    if not page.arguments or is_unscoped(page):
        return None
    if page.name in SAMPLES:
        return SAMPLES[page.name](world)
    for prefix, arguments in PREFIXES.items():
        if page.name.startswith(prefix):
            found = arguments(world)
            if set(found) == set(page.arguments):
                return found
    pytest.fail(f"{page.name} {page.arguments}: say in SAMPLES or UNSCOPED what it leads to")


def home_of(role: str, inside: World) -> tuple[User, str]:
    """An account with one role, at the lowest level where it can be granted, around the inside world."""
    unit = place_of(roles()[role].kinds[-1], inside)
    user = User.objects.create(username=f"walk-{role}")
    RoleGrant.objects.create(user=user, role=role, org=unit, valid_from=dt.date(2014, 1, 1))
    return user, unit.kind


@pytest.mark.django_db
def test_every_page_outside_the_public_window_asks_who_is_there() -> None:
    client = Client()
    known = pages()
    assert len(known) > 80
    for page in known:
        if not page.arguments:
            answers = [client.get(reverse(page.name)), client.post(reverse(page.name))]
            answers = [answer for answer in answers if answer.status_code != 405]  # only GET, or only POST
            assert answers, page.name
            for answer in answers:
                assert answer.status_code == 302, page.name
                assert "/accounts/login/" in answer["Location"], page.name


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(roles()))
def test_pages_by_role(role: str) -> None:
    inside, outside = inside_and_outside()
    user, level = home_of(role, inside)
    allowed = roles()[role].permissions
    client = Client(raise_request_exception=True)
    client.force_login(user)
    trouble: list[str] = []

    def ask(page: Page, method: str, arguments: dict[str, Any] | None) -> int:
        answer = getattr(client, method)(reverse(page.name, kwargs=arguments))
        return int(answer.status_code)

    for page in pages():
        if page.arguments and is_unscoped(page):
            continue
        within = sample(page, inside)
        may = page.permission is None or page.permission in allowed
        if not may:
            for method in ("get", "post"):
                for arguments in filter(None, (within, sample(page, outside))) if page.arguments else (None,):
                    before = AuditEvent.objects.count()
                    status = ask(page, method, arguments)
                    if status not in (403, 405) or AuditEvent.objects.count() != before:
                        trouble.append(
                            f"{method} {page.name} without {page.permission}: {status}, expected 403"
                        )
            continue
        status = ask(page, "get", within)
        if status not in (200, 204, 302, 400, 404, 405, 409, 422):
            trouble.append(f"get {page.name} inside: {status}")
        if status == 404 and page.permission and page.name not in NOTHING_THERE:
            trouble.append(f"get {page.name} inside: 404 although it is there")
        if page.arguments and level != "nation":
            for method in ("get", "post"):
                before = AuditEvent.objects.count()
                status = ask(page, method, sample(page, outside))
                if status not in (404, 403, 405) or AuditEvent.objects.count() != before:
                    trouble.append(f"{method} {page.name} outside: {status}, expected 404")
    assert not trouble, "\n".join(trouble)


@pytest.mark.django_db
def test_a_person_without_a_role_gets_only_the_own_pages() -> None:
    client = Client()
    client.force_login(User.objects.create(username="walk-nobody"))
    for page in pages():
        if page.permission is not None and not page.arguments:
            statuses = {
                client.get(reverse(page.name)).status_code,
                client.post(reverse(page.name)).status_code,
            }
            assert statuses <= {403, 405}, page.name
            assert 403 in statuses, page.name
