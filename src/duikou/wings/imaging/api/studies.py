"""Studies of patients and consultations in reach: series, grants, key images."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Query, Router

from duikou.core.rest import Call, Id, Limit, Offset, Page, operation, page_of
from duikou.wings.imaging import actions, queries
from duikou.wings.imaging.api import _shapes as shapes
from duikou.wings.imaging.queries import pictures
from duikou.wings.patients.models import Access

router = Router(tags=["images"])
ONE = "/studies/{study_uid}"
PatientFilter = Annotated[
    str, Query(max_length=10, pattern=r"^[0-9A-Za-z]*$", description="a patient's number")
]
ReferenceFilter = Annotated[
    str,
    Query(
        max_length=40, pattern=r"^([a-z]+:[1-9][0-9]*)?$", description="granted within, as consultation:12"
    ),
]


def _looked_at(request: Call, uid: str) -> Any:
    return actions.look(actor=request.actor, study_uid=uid, where=Access.Where.API)


@operation(
    router, "GET", "/studies", response=Page[shapes.StudyItem], permission="study.view", zh="检查列表",
    en="List of studies",
)  # fmt: skip
def list_studies(
    request: Call,
    patient: PatientFilter = "",
    reference: ReferenceFilter = "",
    kind: shapes.StudyKind | None = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Any:
    """Of the caller's hospital, and granted to it while the grant lasts; no look at a record."""
    rows = queries.studies(request.actor)
    if patient:
        rows = queries.of_patient(request.actor, pictures.patient(request.actor, patient))
    if reference:
        rows = pictures.granted_within(rows, reference)
    if kind:
        rows = rows.filter(kind=kind)
    return page_of(rows.order_by("-received_at", "-pk"), limit, offset, shapes.study_item)


@operation(
    router, "GET", ONE, response=shapes.StudyDetail, permission="study.view", zh="一份检查", en="One study"
)
def get_study(request: Call, study_uid: shapes.StudyUid) -> Any:
    """With its series and files. A look at the patient's record."""
    found = _looked_at(request, study_uid)
    series = [shapes.series_item(one) for one in pictures.series_of(found)]
    return {**shapes.study_item(found), "series": series}


@operation(
    router, "POST", ONE + "/withdraw", response=shapes.StudyItem, permission="study.edit", zh="撤下检查",
    en="Take a study out of use",
)  # fmt: skip
def withdraw_study(request: Call, study_uid: shapes.StudyUid, body: shapes.StudyReason) -> Any:
    """Nobody opens it then, and its grants end; nothing is erased."""
    found = queries.study(request.actor, study_uid, "study.edit")
    return shapes.study_item(actions.withdraw(actor=request.actor, study=found, reason=body.reason))


@operation(
    router, "GET", ONE + "/grants", response=list[shapes.StudyGrantItem], permission="study.view",
    zh="检查授权", en="Grants of a study",
)  # fmt: skip
def list_study_grants(request: Call, study_uid: shapes.StudyUid) -> Any:
    """Which other hospitals see it, or saw it; the latest first."""
    found = queries.study(request.actor, study_uid)
    return [shapes.grant_item(row) for row in pictures.grants_of(found)]


@operation(
    router, "POST", ONE + "/grants", response=shapes.StudyGrantItem, permission="study.edit", status=201,
    zh="授权对方医院查看检查", en="Let another hospital see a study",
)  # fmt: skip
def grant_study(request: Call, study_uid: shapes.StudyUid, body: shapes.NewStudyGrant) -> Any:
    """It sees the pictures only while it sees the patient, too. The same again changes nothing."""
    found = queries.study(request.actor, study_uid, "study.edit")
    made = actions.grant(
        actor=request.actor,
        study=found,
        hospital=pictures.hospital(body.other_hospital_id),
        reference=body.reference,
    )
    return shapes.grant_item(made)


@operation(
    router, "POST", "/study-grants/{study_grant_id}/end", response=shapes.StudyGrantItem,
    permission="study.edit", zh="结束检查授权", en="End a grant of a study",
)  # fmt: skip
def end_study_grant(request: Call, study_grant_id: Id) -> Any:
    """By the hospital that made the study; 409 when it has ended."""
    found = pictures.grant(request.actor, study_grant_id)
    return shapes.grant_item(actions.end_grant(actor=request.actor, grant=found))


@operation(
    router, "GET", ONE + "/key-images", response=list[shapes.StudyKeyImageItem], permission="study.view",
    zh="检查的关键图像", en="Key images of a study",
)  # fmt: skip
def list_study_key_images(request: Call, study_uid: shapes.StudyUid) -> Any:
    """The oldest first. A look at the patient's record."""
    return [shapes.key_image_item(row) for row in pictures.marks_of(_looked_at(request, study_uid))]


@operation(
    router, "POST", ONE + "/key-images", response=shapes.StudyKeyImageItem, permission="study.view",
    status=201, zh="标记关键图像", en="Choose a key image of a study",
)  # fmt: skip
def choose_study_key_image(request: Call, study_uid: shapes.StudyUid, body: shapes.NewStudyKeyImage) -> Any:
    """For all who see the study. The same picture again changes its note and window."""
    file = pictures.file_of(_looked_at(request, study_uid), body.file_id)
    made = actions.mark(actor=request.actor, file=file, frame=body.frame, window=body.window, note=body.note)
    return shapes.key_image_item(made)


@operation(
    router, "DELETE", ONE + "/key-images/{study_mark_id}", response=None, permission="study.view", status=204,
    zh="取消关键图像", en="Take a key image back",
)  # fmt: skip
def remove_study_key_image(request: Call, study_uid: shapes.StudyUid, study_mark_id: Id) -> Any:
    """One's own alone."""
    found = _looked_at(request, study_uid)
    actions.unmark(actor=request.actor, mark=pictures.own_mark(request.actor, found, study_mark_id))
