"""Every page with every role, with an object inside and one outside the scope.

Without the permission: 403 (405 where the method alone is wrong), to a look inside or an act outside.
With it, inside: an answer, whatever the form says.
Outside: like something that does not exist. And no refused request writes anything.
The table of samples must be complete: an address that it does not know fails the test.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.urls.resolvers import URLResolver

from duikou.core.models import AuditEvent, RoleGrant, User
from duikou.core.roles import roles
from tests.wings.walk.everybody import everybody
from tests.wings.walk.media_stage import broadcast_of, video_of
from tests.wings.walk.rooms_stage import recording_of, room_of
from tests.wings.walk.slides_stage import key_image_of, mark_of, slide_of
from tests.wings.walk.world import World, inside_and_outside, place_of

SAMPLES: dict[str, Callable[[World], dict[str, Any]]] = {
    "hospitals:review": lambda w: {"pk": w.review.pk},
    "hospitals:alias-remove": lambda w: {"pk": w.hospital.pk, "alias": w.alias.pk},
    "hospitals:department-rename": lambda w: {"pk": w.hospital.pk, "department": w.department.pk},
    "hospitals:department-close": lambda w: {"pk": w.hospital.pk, "department": w.department.pk},
    "people:person": lambda w: {"pk": w.person.pk},
    "people:edit": lambda w: {"pk": w.person.pk},
    "people:move": lambda w: {"pk": w.person.pk},
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
    "postings:own_record": lambda w: {"pk": w.conduct.pk},
    "postings:own_answer": lambda w: {"pk": w.conduct.pk},
    "postings:request": lambda w: {"pk": w.staff_request.pk},
    "postings:nominate_for": lambda w: {"pk": w.staff_request.pk},
    "postings:withdraw_request": lambda w: {"pk": w.staff_request.pk},
    "postings:decline_request": lambda w: {"pk": w.staff_request.pk},
    "postings:record": lambda w: {"pk": w.conduct.pk},
    "postings:acknowledge": lambda w: {"pk": w.conduct.pk},
    "postings:answer": lambda w: {"pk": w.conduct.pk},
    "postings:settle": lambda w: {"pk": w.conduct.pk},
    "swaps:change": lambda w: {"pk": w.swap_stay.pk},
    "swaps:drop": lambda w: {"pk": w.swap_stay.pk},
    "swaps:repair-detail": lambda w: {"pk": w.swap_repair.pk},
    "swaps:repair-progress": lambda w: {"pk": w.swap_repair.pk},
    "swaps:repair-adopt": lambda w: {"pk": w.swap_repair.pk},
    "swaps:repair-drop": lambda w: {"pk": w.swap_repair.pk},
    "postings:come_back": lambda w: {"pk": w.leave.pk},
    "postings:withdraw_leave": lambda w: {"pk": w.leave.pk},
    "credits:person": lambda w: {"pk": w.person.pk},
    "credits:issue-credit": lambda w: {"pk": w.person.pk, "kind": "training", "year": 2014},
    "credits:issue-service": lambda w: {"pk": w.person.pk, "rule": "PRO-01"},
    **{
        f"patients:{name}": lambda w: {"number": w.patient.one.number}
        for name in ("patient", "full", "edit", "consent", "share", "merge", "propose")
    },
    **{
        f"patients:{name}": lambda w: {"pk": w.patient.consent.pk}
        for name in ("confirm", "withdraw", "paper")
    },
    **{
        f"referrals:{name}": lambda w: {"pk": w.referral.own_service.pk}
        for name in ("edit_service", "close_service")
    },
    "referrals:follow_up": lambda w: {"pk": w.referral.follow_up.pk},
    "patients:unshare": lambda w: {"pk": w.patient.share.pk},
    "patients:undo_merge": lambda w: {"pk": w.patient.merge.pk},
    "patients:review": lambda w: {"pk": w.patient.emergency.pk},
    "patients:decide": lambda w: {"pk": w.patient.erasure.pk},
    **{f"imaging:{name}": lambda w: {"uid": w.tracing.study_uid} for name in ("tracing", "tracing_drawn")},
    **{
        f"education:{name}": lambda w: {"pk": w.taught.held.pk}
        for name in (
            "lesson",
            "edit_lesson",
            "remove_lesson",
            "lesson_up",
            "lesson_down",
            "code",
            "signed",
            "read",
            "sign_in",
            "beat",
            "presence",
            "video",
        )
    },
    **{f"education:{name}": lambda w: {"pk": w.taught.slides.pk} for name in ("slides", "file")},
    **{
        f"education:{name}": lambda w: {"pk": w.taught.certificate.pk}
        for name in ("certificate", "certificate_pdf", "revoke")
    },
    **{f"education:{name}": lambda w: {"pk": w.taught.batch.pk} for name in ("batch", "issues")},
    "education:here": lambda w: {"pk": w.taught.held.pk, "check": 1},
    "education:retire_question": lambda w: {"pk": w.taught.question.pk},
    "education:attempt": lambda w: {"pk": w.taught.attempt.pk},
    "education:withdraw": lambda w: {"pk": w.taught.enrolment.pk},
    "telehealth:new": lambda w: {"number": w.patient.one.number},
    "telehealth:file": lambda w: {"pk": w.consult.file.pk},
    "telehealth:remove_file": lambda w: {"pk": w.consult.file.pk},
    "telehealth:withdraw_slot": lambda w: {"pk": w.consult.slot.pk},
    **{
        f"telehealth:{name}": lambda w: {"pk": w.consult.plan.pk}
        for name in ("plan_progress", "plan_accept", "plan_drop")
    },
    **{
        f"telehealth:{name}": lambda w: {"pk": w.consult.one.pk, "picture": w.consult.picture.pk}
        for name in ("picture", "remove_picture")
    },
    "telehealth:feed": lambda w: {"token": "0" * 40},
    **{
        f"telehealth:{name}": lambda w: {"pk": w.consult.expert.pk}
        for name in ("expert", "correct_expert", "leave_pool", "offer_slot")
    },
    **{
        f"telehealth:{name}": lambda w: {"pk": w.consult.received.pk}
        for name in ("accept", "return", "decline", "assign", "release", "schedule", "unschedule")
    },
    **{
        f"pathology:{name}": lambda w: {"number": slide_of(w).number}
        for name in ("slide", "marks", "overview", "label", "file", "decide")
    },
    "pathology:remove_mark": lambda w: {"pk": mark_of(w).pk},
    "pathology:key_image": lambda w: {"pk": key_image_of(w).pk},
    "imaging:match": lambda w: {"uid": w.pictures.unmatched.study_uid},
    "imaging:gateway": lambda w: {"pk": w.pictures.gateway.pk},
    **{
        f"imaging:{name}": lambda w: {"uid": w.pictures.study.study_uid}
        for name in ("study", "download", "withdraw")
    },
    **{
        f"imaging:{name}": lambda w: {"uid": w.pictures.study.study_uid, "pk": w.pictures.file.pk}
        for name in ("picture", "mark")
    },
    **{
        f"imaging:{name}": lambda w: {"number": w.pictures.delivery.number}
        for name in ("delivery", "delivery_progress", "recheck", "settle")
    },
    "imaging:unmark": lambda w: {"uid": w.pictures.study.study_uid, "pk": w.pictures.mark.pk},
    "imaging:png": lambda w: {"uid": w.pictures.study.study_uid, "pk": w.pictures.file.pk, "frame": 1},
    "rosters:detail": lambda w: {"pk": w.roster.pk},
    "rosters:progress": lambda w: {"pk": w.roster.pk},
    "rosters:solve": lambda w: {"pk": w.roster.pk},
    "rosters:publish": lambda w: {"pk": w.roster.pk},
    "rosters:reopen": lambda w: {"pk": w.roster.pk},
    "rosters:cell": lambda w: {"pk": w.roster.pk, "person": w.duty.person_id, "day": w.duty.day.isoformat()},
    "rosters:rules": lambda w: {"pk": w.duty.shift.department_id},
    "rosters:rules-begin": lambda w: {"pk": w.duty.shift.department_id},
    "rosters:limits": lambda w: {"pk": w.duty.shift.department_id},
    "rosters:needs-drop": lambda w: {"pk": w.duty.shift.department_id, "day": w.duty.day.isoformat()},
    "rosters:needs-days": lambda w: {"pk": w.duty.shift.department_id},
    "rosters:needs": lambda w: {"pk": w.duty.shift.department_id},
    "rosters:shift-new": lambda w: {"pk": w.duty.shift.department_id},
    "rosters:absence-new": lambda w: {"pk": w.duty.shift.department_id},
    "rosters:member": lambda w: {"pk": w.duty.shift.department_id, "person": w.exchange.other_id},
    "rosters:shift": lambda w: {"pk": w.duty.shift_id},
    "rosters:shift-retire": lambda w: {"pk": w.duty.shift_id},
    "rosters:absence-withdraw": lambda w: {"pk": w.days_away.pk},
    "rosters:swap": lambda w: {"pk": w.exchange.pk},
    "rosters:swap-approve": lambda w: {"pk": w.exchange.pk},
    "rosters:swap-refuse": lambda w: {"pk": w.exchange.pk},
    "rosters:swap-own": lambda w: {"pk": w.exchange.pk},
    "rosters:swap-answer": lambda w: {"pk": w.exchange.pk, "step": "agree"},
    "rosters:swap-ask": lambda w: {"pk": w.duty.pk},
    "rosters:wish-drop": lambda w: {"pk": w.wish.pk},
    "obligations:revoke": lambda w: {"pk": w.delegation.pk},
    "obligations:target": lambda w: {"pk": w.target.pk},
    "obligations:answer": lambda w: {"pk": w.target.pk},
    "obligations:judge": lambda w: {"pk": w.evidence.pk},
    "obligations:renew": lambda w: {"pk": w.evidence.pk},
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
    "presence:proof": lambda w: {"pk": w.proof.pk},
    "presence:my-proof": lambda w: {"pk": w.proof.pk},
    "presence:correct": lambda w: {"pk": w.posting.pk, "day": "2014-03-03"},
    "training:place": lambda w: {"pk": w.training.place.pk},
    "training:apply-for": lambda w: {"pk": w.training.place.pk},
    "training:close": lambda w: {"pk": w.training.place.pk},
    "training:team": lambda w: {"pk": w.training.team.pk},
    "training:team-end": lambda w: {"pk": w.training.team.pk},
    "training:rotation-withdraw": lambda w: {"pk": w.training.rotation.pk},
    "training:absence-return": lambda w: {"pk": w.training.absence.pk},
    "training:absence-withdraw": lambda w: {"pk": w.training.absence.pk},
    "training:rewrite": lambda w: {"pk": w.training.entry.pk},
    "training:sign": lambda w: {"pk": w.training.entry.pk},
    "training:teaching-sign": lambda w: {"pk": w.training.entry.pk},
    "rooms:exhibit": lambda w: {"pk": room_of(w).pk, "position": 1},
    **{
        f"media:{name}": lambda w: {"number": broadcast_of(w).number}
        for name in ("broadcast", "end", "take", "part")
    },
    "media:subtitle": lambda w: {"number": video_of(w).number, "language": "zh"},
    "media:file": lambda w: {"number": video_of(w).number, "name": "master.m3u8"},
    "media:live_file": lambda w: {"number": broadcast_of(w).number, "name": "index.m3u8"},
    **{f"rooms:{name}": lambda w: {"pk": recording_of(w).pk} for name in ("stop", "part", "file")},
    "jobs:job": lambda w: {"pk": w.job.pk},
    "jobs:cancel": lambda w: {"pk": w.job.pk},
    "jobs:progress": lambda w: {"pk": w.job.pk},
    "audit:event": lambda w: {"number": w.event.pk},
}
PREFIXES: dict[str, Callable[[World], dict[str, Any]]] = {
    "hospitals:": lambda w: {"pk": w.hospital.pk},
    "capabilities:": lambda w: {"pk": w.hospital.pk, "technique": "blood_purification"},
    "credits:": lambda w: {"pk": w.certificate.pk},
    "obligations:": lambda w: {"pk": w.obligation.pk},
    "media:": lambda w: {"number": video_of(w).number},
    "rooms:": lambda w: {"pk": room_of(w).pk},
    "postings:": lambda w: {"pk": w.posting.pk},
    "referrals:": lambda w: {"pk": w.referral.one.pk},
    "swaps:": lambda w: {"pk": w.swap_plan.pk},
    "training:": lambda w: {"pk": w.training.one.pk},
    "telehealth:": lambda w: {"pk": w.consult.one.pk},
    "education:": lambda w: {"pk": w.taught.course.pk},
    "pairings:batch": lambda w: {"pk": w.batch.pk},
    "pairings:proposal": lambda w: {"pk": w.proposal.pk},
    "plans:": lambda w: {"pk": w.plan.pk},
    "agreements:": lambda w: {"pk": w.agreement.pk},
    "presence:": lambda w: {"pk": w.posting.pk},
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
    "credits:issue-year",  # of the actor's own area, whatever the year
    "discharges:scheme",
    "discharges:weights",
    "discharges:weights_template",
    "discharges:activate",
    "discharges:regroup",
    "discharges:figure",  # an indicator's definition is for all; its rows are narrowed
    "referrals:service",  # the directory is for all who refer
    "token_revoke",  # only ever the own ones: tested with the tokens
}
UNSCOPED_SPACES = ("policy:",)
# Not the walker's own, no such step, no merger, no workbook of a file that was never read or has no faults,
# no paper handed in.
NOTHING_THERE = {
    # Deliveries are for whoever matches pictures, and for whoever uploaded them.
    *(f"imaging:{name}" for name in ("delivery", "delivery_progress", "recheck", "settle")),
    "education:attempt",  # only ever the own ones
    "education:withdraw",  # of the own staff, or oneself
    "education:certificate",
    "education:certificate_pdf",
    "rooms:file",  # of the sample's recording nothing was kept
    "rosters:wish-drop",  # of one's own pages the samples are somebody else's
    "rosters:swap-own",
    "rosters:swap-answer",
    "rosters:swap-ask",
    "hospitals:merge-undo",
    "pairings:step",
    "discharges:workbook",
    "discharges:settlement_faults",
    "capabilities:approval-document",
    "capabilities:case-document",
    "obligations:file",
    "obligations:proof",
    "postings:own",
    "postings:own_record",
    "postings:own_answer",
    "credits:my-certificate",  # the sample is somebody else's
    "credits:my-pdf",
    "presence:my-proof",  # only ever the own ones
    "referrals:slip",  # for those alone who see the patient
    "training:own",
    "training:write",
    "training:rewrite",
    "training:sign",  # by the supporter's tutors
    "training:teaching-sign",
    "training:place",  # offered to hospitals, and so are teams: not to a department of theirs
    "training:team",
}
# Acts of the supporter, about people of the recipient's: whoever acts for the other side is refused.
OTHER_SIDE = {
    "education:withdraw",  # by the learner and the own head, not by who teaches
    "education:code",  # for the speaker, and the course's teachers
    "telehealth:opinion",  # for the named expert alone
    "telehealth:pictures",  # so are its pictures
    "telehealth:offer_slot",  # the pool's keeper, and the expert
    *(
        f"referrals:{name}"
        for name in (
            "return",
            "accept",
            "decline",
            "receive",
            "arrive",
            "treat",
            "refer_back",
            "settle",
            "follow_up",
        )
    ),
    "postings:nominate_for",
    "postings:decline_request",
    "postings:withdraw",
    "training:accept",
    "training:refuse",
    "training:arrive",
    "training:absence",
    "training:absence-return",
    "training:absence-withdraw",
    "training:correct",
    "training:appraise",
    "training:assign",
    "training:rotate",
    "training:rotation-withdraw",
    "training:close",
    "training:team-end",
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
@pytest.mark.parametrize("role", everybody())
def test_pages_by_role(role: str) -> None:
    inside, outside = inside_and_outside()
    user, level = home_of(role, inside)
    allowed = roles()[role].permissions
    client = Client(raise_request_exception=True)
    client.force_login(user)
    trouble: list[str] = []
    # Whoever may not is asked about each page once; between them the roles ask both questions.
    turns = islice(cycle((0, 1)), sorted(roles()).index(role) % 2, None)

    def ask(page: Page, method: str, arguments: dict[str, Any] | None) -> int:
        answer = getattr(client, method)(reverse(page.name, kwargs=arguments))
        return int(answer.status_code)

    for page in pages():
        if page.arguments and is_unscoped(page):
            continue
        within = sample(page, inside)
        may = page.permission is None or page.permission in allowed
        if not may:
            method, arguments = (("get", within), ("post", sample(page, outside)))[next(turns)]
            before = AuditEvent.objects.count()
            status = ask(page, method, arguments)
            if status not in (403, 405) or AuditEvent.objects.count() != before:
                trouble.append(f"{method} {page.name} without {page.permission}: {status}, expected 403")
            continue
        status = ask(page, "get", within)
        theirs = status == 403 and page.name in OTHER_SIDE
        if status not in (200, 204, 302, 400, 404, 405, 409, 422) and not theirs:
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
