"""The page of a consultation: where it stands, the case while it may be read, what was signed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import documents
from duikou.core.errors import Conflict, Missing
from duikou.core.faces import english
from duikou.core.pages import PageRequest, page
from duikou.core.scope import Actor
from duikou.wings.hospitals import catalogue as register
from duikou.wings.imaging.queries.studies import readable
from duikou.wings.pairings.queries.pairings import events_of
from duikou.wings.patients.identity import age_on
from duikou.wings.patients.models import Access
from duikou.wings.rooms.models import Room
from duikou.wings.rooms.quality import words_of
from duikou.wings.rooms.queries import sessions
from duikou.wings.telehealth import actions, papers
from duikou.wings.telehealth.actions.opinions import digest_of
from duikou.wings.telehealth.actions.sessions import may_open
from duikou.wings.telehealth.forms import study_name
from duikou.wings.telehealth.models import Consultation, Rating
from duikou.wings.telehealth.queries import desk
from duikou.wings.telehealth.views.lists import state_badge
from duikou.wings.telehealth.wording import act_words, next_words
from duikou.wings.telehealth.workflows import CONSULTATION

State = Consultation.State
AT_ONCE = ("submit", "approve", "accept", "resend", "close", "room")  # without a form
LEADS_ON = {  # the case goes on by these
    f"telehealth:{name}"
    for name in ("opinion", "approve", "submit", "resend", "accept", "assign", "acknowledge", "close")
}


def steps(actor: Actor, one: Consultation, room_open: bool) -> list[tuple[str, str, str, bool]]:
    """What the actor may do now: address name, words, icon, whether at once."""
    open_ = {step.id for step in CONSULTATION.available(one, actor)} - {"sign"}
    asks = actor.may("consult.request", one.home_path)
    answers = actor.may("consult.answer", one.host_path)
    signs = one in desk.to_sign(actor)
    writes = asks and one.state in (State.DRAFT, State.RETURNED)
    listed = (
        ("opinion", _("填写意见"), "pencil", signs),
        ("pictures", _("选择附图"), "zoom-scan", signs and one.studies.exists()),
        ("approve", _("核准并发出"), "check", "approve" in open_),
        ("submit", _("提交医务科"), "check", "submit" in open_),
        ("resend", _("补充后再次发出"), "check", "resend" in open_),
        ("accept", _("接受邀请"), "check", "accept" in open_),
        ("assign", _("指派专家"), "user-check", "assign" in open_),
        ("acknowledge", _("确认意见"), "circle-check", "acknowledge" in open_),
        ("close", _("办结"), "check", "close" in open_),
        ("edit", _("修改病例"), "pencil", writes),
        ("add_file", _("添加资料"), "upload", writes),
        ("studies", _("选择检查影像"), "zoom-scan", writes),
        ("room", _("进入会诊室") if room_open else _("打开会诊室"), "phone", may_open(actor, one)),
        ("schedule", _("约定连线时间"), "calendar", answers and one.state == State.ASSIGNED),
        ("return", _("退回补充"), "arrow-back-up", "return" in open_),
        ("release", _("改派专家"), "users", "release" in open_),
        ("decline", _("谢绝"), "x", "decline" in open_),
        ("send_back", _("退回修改"), "arrow-back-up", "send_back" in open_),
        ("rate", _("评价"), "flag", bool(sides_to_rate(actor, one))),
        ("withdraw", _("撤回邀请"), "arrow-back-up", "withdraw" in open_),
    )
    return [(f"telehealth:{name}", label, icon, name in AT_ONCE) for name, label, icon, may in listed if may]


def sides_to_rate(actor: Actor, one: Consultation) -> list[str]:
    """For which sides the actor may rate, and has not."""
    if one.state not in Consultation.COUNTED:
        return []
    done = set(one.ratings.values_list("side", flat=True))
    listed = (
        (Rating.Side.INVITING, "consult.request", one.home_path),
        (Rating.Side.INVITED, "consult.answer", one.host_path),
    )
    return [side for side, permission, path in listed if side not in done and actor.may(permission, path)]


def sessions_of(actor: Actor, one: Consultation) -> list[dict[str, Any]]:
    """The live sessions of a consultation as its page shows them: how long, who came, over what link."""
    return [
        {
            "room": found.room,
            "enter": found.room.state == Room.State.OPEN and sessions.lets_in(found.room, actor),
            "minutes": round(found.together.total_seconds() / 60, 1),
            "live": found.was_live,
            "stays": [(stay, words_of(stay)) for stay in found.stays],
        }
        for found in sessions.of_reference(one.reference, timezone.now())
    ]


def studies_shown(actor: Actor, one: Consultation) -> list[tuple[str, datetime | None, str]]:
    """The studies of a case: words, when taken, and the page of each that the actor may open now."""
    rows = list(desk.studies_of(one))
    opens = set(readable(actor).filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    return [
        (
            study_name(row),
            row.taken_at,
            reverse("imaging:study", args=[row.study_uid]) if row.pk in opens else "",
        )
        for row in rows
    ]


@page("consult.view")
def consultation(request: PageRequest, pk: int) -> HttpResponse:
    """One consultation: opening its case is a look at the patient."""
    actor, one = request.actor, desk.find(request.actor, pk)
    opened = actions.open_case(actor=actor, one=one, where=Access.Where.PAGE)
    patient, today = opened.patient, timezone.localdate()
    inviting = one.inviting_side(actor)
    may_write = (
        inviting
        and actor.may("consult.request", one.home_path)
        and one.state in (State.DRAFT, State.RETURNED)
    )
    opinions = list(desk.opinions_of(one))
    signed = {row.seat_id for row in opinions}
    live = sessions_of(actor, one)
    may = steps(actor, one, any(session["enter"] for session in live))
    return render(
        request,
        "telehealth/consultation.html",
        {
            "one": one,
            "state": state_badge(one),
            "late": one.late(),
            "next_words": next_words(one),
            "inviting_side": inviting,
            "patient": patient,
            "age": age_on(patient.birth_date, today) if patient and patient.birth_date else None,
            "why_shut": opened.why_shut,
            "specialty": register.specialty_label(one.specialty),
            "title": register.title_label(one.title) if one.title else "",
            "steps": may,
            "main": next((name for name, *_rest in may if name in LEADS_ON), ""),
            "files": [(file, may_write) for file in desk.files_of(one)] if patient else [],
            "studies": studies_shown(actor, one) if patient else [],
            "seats": [
                (
                    seat.expert.person.name,
                    register.title_label(seat.expert.person.title),
                    seat.chair,
                    seat.pk in signed,
                )
                for seat in desk.seats_of(one)
            ],
            "slot": desk.slot_of(one),
            "sessions": live,
            "opinions": [
                (
                    row,
                    row.digest == digest_of(row),
                    register.title_label(row.signed_title),
                    row.seat.pictures.all() if patient else [],
                )
                for row in opinions
            ],
            "ratings": one.ratings.all(),
            "pushes": desk.pushes_of(one),
            "told": one.escalations.all(),
            "events": [
                (e.at, act_words(e.action), e.actor_label, e.reason) for e in reversed(events_of(one))
            ],
            "demo_data": one.demonstration,
        },
    )


@page("consult.view")
def file(request: PageRequest, pk: int) -> HttpResponseBase:
    """A file of a case: a look at the patient; refused in words where the case is shut."""
    found = desk.file(request.actor, pk)
    opened = actions.open_case(actor=request.actor, one=found.consultation, where=Access.Where.PDF)
    if opened.patient is None:
        raise Conflict(opened.why_shut)
    return documents.download(found.document)


@page("consult.view")
def pdf(request: PageRequest, pk: int) -> HttpResponse:
    """The signed opinion on paper; the invited side's own copy bears no name once the case is shut."""
    one = desk.find(request.actor, pk)
    opinions = list(desk.opinions_of(one))
    if one.answered_at is None:
        raise Missing(_("意见还没有签发。"))
    opened = actions.open_case(actor=request.actor, one=one, where=Access.Where.PDF)
    content = papers.pdf(one, opinions, opened.patient, "en" if english() else "zh")
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="opinion-{one.pk}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer
