"""The invited side: accepts, declines, returns for completion, names its experts."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import together
from duikou.core.errors import Conflict, Invalid, refused
from duikou.core.faces import words
from duikou.core.models import User
from duikou.core.scope import SYSTEM, Actor, actor_for
from duikou.wings.patients import actions as patients
from duikou.wings.patients import consents
from duikou.wings.patients.models import Share
from duikou.wings.telehealth import catalogue
from duikou.wings.telehealth.actions import _common
from duikou.wings.telehealth.eligibility import Candidate, Reason, Wanted, judge
from duikou.wings.telehealth.models import Consultation, Draft, Expert, Seat, Slot

State = Consultation.State
MOST_SEATS = 9
PURPOSE = "consultation"


def accept(*, actor: Actor, one: Consultation, version: int | None = None) -> Consultation:
    """The invited side accepts; it names its experts next."""
    _common.step(one, "accept", actor=actor, version=version)
    return one


def return_for_completion(
    *, actor: Actor, one: Consultation, reason: str, version: int | None = None
) -> Consultation:
    """What lacks is told; no clock runs while the inviting side completes it."""
    _common.step(one, "return", actor=actor, reason=reason, version=version)
    return one


def decline(*, actor: Actor, one: Consultation, reason: str, version: int | None = None) -> Consultation:
    """The invited side declines, with the reason (TEL-05); it sees the patient no more."""
    with together():
        _common.step(one, "decline", actor=actor, reason=reason, version=version)
        _common.end_access(one)
    return one


def candidate_of(expert: Expert) -> Candidate:
    """What decides about an expert, as it stands now."""
    person = expert.person
    user: User | None = person.user
    return Candidate(
        title=person.title,
        specialty=person.specialty,
        registered_scope=person.registered_scope,
        practising_since=expert.practising_since,
        kinds=expert.kinds,
        tcm=expert.tcm,
        may_sign=user is not None and actor_for(user).may("consult.opinion"),
        there=expert.left_at is None and person.left_on is None and person.hospital_id == expert.hospital_id,
    )


def reasons(expert: Expert, one: Consultation, candidate: Candidate | None = None) -> tuple[Reason, ...]:
    """What speaks against naming an expert for a consultation; `candidate`: of the expert, if known."""
    wanted = Wanted(one.kind, one.specialty, one.title, timezone.localdate())
    return judge(candidate or candidate_of(expert), wanted, catalogue.pack())


def cited(reason: Reason) -> str:
    """A reason in the language of the request, with its rule and clause."""
    return _("%(why)s（规则 %(rule)s，%(clause)s）") % {
        "why": words(reason.text),
        "rule": reason.rule,
        "clause": reason.clause,
    }


def assign(
    *, actor: Actor, one: Consultation, experts: Sequence[Expert], version: int | None = None
) -> Consultation:
    """Name the expert; for a group round several, of whom the first is the chair.

    Raises Invalid, with rule and clause, for whoever is not eligible.
    """
    with together():
        consents.demand(one.patient, PURPOSE)
        _check_seats(one, experts)
        _common.step(one, "assign", actor=actor, version=version)
        for number, expert in enumerate(experts):
            Seat.objects.create(
                consultation=one,
                expert=expert,
                chair=number == 0,
                named_by_id=actor.user_id,
                demonstration=one.demonstration,
            )
            _show_patient(one, expert)
    return one


def release(*, actor: Actor, one: Consultation, reason: str, version: int | None = None) -> Consultation:
    """Take the naming back, to name another; what a member of a group signed stays in the record."""
    with together():
        if one.opinions.exists():
            raise Conflict(_("已有专家签发意见，不能改派。"))
        _common.step(one, "release", actor=actor, reason=reason, version=version)
        seats = Seat.objects.filter(consultation=one, released_at=None)
        Draft.objects.filter(seat__in=seats).delete()
        seats.update(released_at=timezone.now())
        Slot.objects.filter(consultation=one).update(consultation=None)
        _common.end_session(one)  # whoever is named next is invited into another room
    return one


def _check_seats(one: Consultation, experts: Sequence[Expert]) -> None:
    group = one.kind == Consultation.Kind.GROUP
    least, most = (2, MOST_SEATS) if group else (1, 1)
    if not least <= len(set(experts)) <= most or len(set(experts)) != len(experts):
        raise refused(
            "experts",
            _("专家组会诊指派 %(least)s 至 %(most)s 位不同的专家，第一位主持（规则 %(rule)s）。")
            % {"least": least, "most": most, "rule": catalogue.cite(catalogue.GROUP)}
            if group
            else _("请指派一位专家。"),
        )
    for expert in experts:
        if expert.hospital_id != one.invited_id:
            raise refused("experts", _("所选专家不属于受邀医院的专家库。"))
        against = [cited(reason) for reason in reasons(expert, one) if reason.blocking]
        if against:
            raise Invalid(
                _("%(name)s 不符合受邀条件：%(why)s")
                % {"name": expert.person.name, "why": " ".join(against)},
                fields={"experts": [f"{expert.person.name}：{why}" for why in against]},
            )


def _show_patient(one: Consultation, expert: Expert) -> None:
    """Let an expert who acts for a department alone see the patient: the hospital sees it already."""
    department = expert.person.department
    path = (department.org.path or "") if department is not None and department.org is not None else ""
    if path:
        patients.share(
            actor=SYSTEM,
            patient=consents.survivor(one.patient),
            hospital=one.invited,
            kind=Share.Kind.CONSULTATION,
            path=path,
            reference=one.reference,
        )
