"""Uncertain names: asked once, decided by one person, remembered on request."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from duikou.core.errors import Conflict, Denied, Invalid, Missing
from duikou.core.models import AuditEvent, OrgUnit
from duikou.core.scope import Actor
from duikou.engines.pairing.resolve import Match
from duikou.wings.hospitals import actions, queries
from duikou.wings.hospitals.actions import Facts, Question
from duikou.wings.hospitals.models import Hospital, NameReview
from duikou.wings.places.models import Division

pytestmark = pytest.mark.django_db
MakeActor = Callable[..., Actor]
ROUND = dt.date(2014, 3, 1)
PRINTED = "建德一院"


def matched_key(match: Match) -> str | None:
    return match.hospital.key if match.hospital else None


@pytest.fixture
def city(actor: MakeActor) -> Actor:
    return actor("city_officer", "杭州市")


@pytest.fixture
def review(city: Actor) -> NameReview:
    path = OrgUnit.objects.get(name="杭州市").path
    pk = Hospital.objects.get(name="建德市第一人民医院").pk
    why = [{"zh": "名称相近", "en": "similar name"}]
    candidates = [{"hospital": pk, "confidence": 0.7, "why": why}]
    return actions.open_reviews(
        actor=city, scope_path=path, questions=[Question(PRINTED, "附件2 杭州市", ROUND, candidates)]
    )[0]


def test_a_waiting_name_is_not_asked_twice(city: Actor, review: NameReview) -> None:
    events = AuditEvent.objects.count()
    again = actions.open_reviews(
        actor=city, scope_path=review.scope_path, questions=[Question(PRINTED, "再次导入", ROUND)]
    )
    assert again == [review]
    assert AuditEvent.objects.count() == events


def test_only_importers_ask(actor: MakeActor, review: NameReview) -> None:
    with pytest.raises(Denied):
        actions.open_reviews(
            actor=actor("county_officer", "建德市"),
            scope_path=review.scope_path,
            questions=[Question("某院", "表", ROUND)],
        )


def test_a_match_is_remembered_when_wished(city: Actor, review: NameReview) -> None:
    row = Hospital.objects.get(name="建德市第一人民医院")
    actions.match_review(actor=city, review=review, hospital=row, remember_as="short")
    assert (review.state, review.decided, review.decided_by_id) == ("matched", row, city.user_id)
    match = queries.register_on(ROUND).resolve(PRINTED, ROUND)
    assert matched_key(match) == row.key
    assert queries.earlier_decisions([PRINTED], review.scope_path) == {PRINTED: row}


def test_a_match_with_a_hospital_of_others_is_decided_but_not_written_into_their_entry(
    city: Actor, review: NameReview
) -> None:
    provincial = Hospital.objects.get(name="浙江医院")
    with pytest.raises(Denied):
        actions.match_review(actor=city, review=review, hospital=provincial, remember_as="short")
    review.refresh_from_db()
    assert review.state == "waiting"  # all or nothing
    actions.match_review(actor=city, review=review, hospital=provincial)
    assert review.decided == provincial
    assert not provincial.names.filter(name=PRINTED).exists()


def test_a_new_hospital_is_registered_from_the_review(city: Actor, review: NameReview) -> None:
    place = Division.objects.get(name="建德市", valid_to=None)
    new = actions.register_reviewed(
        actor=city, review=review, facts=Facts(kind="general", tier="county"), division=place
    )
    assert (new.name, review.state, review.decided) == (PRINTED, "created", new)


def test_what_is_no_hospital_is_dismissed_with_a_reason(city: Actor, review: NameReview) -> None:
    with pytest.raises(Invalid):
        actions.dismiss_review(actor=city, review=review, reason=" ")
    actions.dismiss_review(actor=city, review=review, reason="表头")
    assert (review.state, review.decided) == ("dismissed", None)


def test_of_two_people_one_decides(city: Actor, review: NameReview) -> None:
    late = NameReview.objects.get(pk=review.pk)
    actions.dismiss_review(actor=city, review=review, reason="表头")
    with pytest.raises(Conflict):
        actions.match_review(actor=city, review=late, hospital=Hospital.objects.get(name="浙江医院"))


def test_a_decision_can_be_taken_again(city: Actor, review: NameReview) -> None:
    actions.dismiss_review(actor=city, review=review, reason="表头")
    actions.reopen_review(actor=city, review=review, reason="误判")
    assert (review.state, review.decided_by) == ("waiting", None)


def test_reviews_are_scoped(actor: MakeActor, city: Actor, review: NameReview) -> None:
    ningbo = actor("city_officer", "宁波市")
    assert list(queries.reviews(city)) == [review]
    assert not queries.reviews(ningbo).exists()
    assert (queries.waiting_reviews(city), queries.waiting_reviews(ningbo)) == (1, 0)
    with pytest.raises(Missing):
        queries.find_review(ningbo, review.pk)
    with pytest.raises(Denied):
        actions.dismiss_review(actor=ningbo, review=review, reason="越权")
