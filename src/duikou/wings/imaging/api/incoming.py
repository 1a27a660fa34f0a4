"""Pictures coming in: uploads, what waits to be matched, what was refused, senders."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from ninja import Router

from duikou.core.rest import Call, Id, Limit, Offset, Page, operation, page_of
from duikou.wings.imaging import actions, storage
from duikou.wings.imaging.api import _shapes as shapes
from duikou.wings.imaging.dicom import stow
from duikou.wings.imaging.models import Delivery
from duikou.wings.imaging.queries import deliveries, pictures

router = Router(tags=["images"])
ONE = "/image-deliveries/{delivery_number}"


def _detail(request: Call, number: str) -> dict[str, Any]:
    found = deliveries.delivery(request.actor, number)
    return shapes.delivery_detail(found, deliveries.told(found))


@operation(
    router, "GET", "/image-deliveries", response=Page[shapes.DeliveryItem], permission="study.edit",
    zh="影像收件列表", en="List of deliveries of images",
)  # fmt: skip
def list_image_deliveries(
    request: Call, state: shapes.DeliveryState | None = None, limit: Limit = 50, offset: Offset = 0
) -> Any:
    """One's own uploads; for whoever matches pictures, all of the hospital, refused series too."""
    rows = deliveries.deliveries(request.actor)
    if state:
        rows = rows.filter(state=state)
    return page_of(rows.order_by("-received_at", "-pk"), limit, offset, shapes.delivery_item)


@operation(
    router, "POST", "/image-deliveries", response=shapes.DeliveryDetail, permission="study.edit", status=201,
    zh="上传影像", en="Hand pictures in",
)  # fmt: skip
def hand_pictures_in(request: Call, body: shapes.NewDelivery) -> Any:
    """DICOM files or .zip went to `/uploads` before; a worker checks them: all are kept, or none."""
    patient = pictures.patient(request.actor, body.patient)
    made = actions.hand_in(actor=request.actor, patient=patient, keys=body.uploads)
    return _detail(request, made.number)


@operation(
    router, "GET", ONE, response=shapes.DeliveryDetail, permission="study.edit", zh="一份影像收件",
    en="One delivery of images",
)  # fmt: skip
def get_image_delivery(request: Call, delivery_number: shapes.DeliveryNumber) -> Any:
    """Its state; where it was refused, what is wrong with each file and what to do."""
    return _detail(request, delivery_number)


@operation(
    router, "POST", ONE + "/recheck", response=shapes.DeliveryDetail, permission="study.match",
    zh="重新核对被拒收的影像", en="Check refused images anew",
)  # fmt: skip
def recheck_image_delivery(request: Call, delivery_number: shapes.DeliveryNumber) -> Any:
    """Of a gateway: after the record was corrected, or the gateway switched on."""
    found = deliveries.delivery(request.actor, delivery_number)
    actions.recheck(actor=request.actor, delivery=found)
    return _detail(request, delivery_number)


@operation(
    router, "POST", ONE + "/settle", response=shapes.DeliveryDetail, permission="study.edit",
    zh="处置被拒收的影像", en="Settle a refusal",
)  # fmt: skip
def settle_image_delivery(
    request: Call, delivery_number: shapes.DeliveryNumber, body: shapes.DeliverySettled
) -> Any:
    """Say what was done; the files stay as they came."""
    found: Delivery = deliveries.delivery(request.actor, delivery_number)
    actions.settle(actor=request.actor, delivery=found, remark=body.remark)
    return _detail(request, delivery_number)


@operation(
    router, "GET", "/unmatched-studies", response=Page[shapes.UnmatchedItem], permission="study.match",
    zh="待匹配影像", en="Images to match",
)  # fmt: skip
def list_unmatched_studies(request: Call, limit: Limit = 50, offset: Offset = 0) -> Any:
    """Pictures of gateways whose patient is not known yet."""
    rows = pictures.unmatched(request.actor).order_by("-received_at", "-pk")
    return page_of(rows, limit, offset, shapes.unmatched_item)


@operation(
    router, "POST", "/unmatched-studies/{study_uid}/match", response=shapes.StudyItem,
    permission="study.match", zh="匹配检查的患者", en="Match a study to a patient",
)  # fmt: skip
def match_study(request: Call, study_uid: shapes.StudyUid, body: shapes.StudyMatch) -> Any:
    """409 where the pictures name somebody else, with what was expected and what was found."""
    found = pictures.one_unmatched(request.actor, study_uid)
    patient = pictures.patient(request.actor, body.patient)
    return shapes.study_item(actions.match(actor=request.actor, study=found, patient=patient))


@operation(
    router, "GET", "/image-gateways", response=list[shapes.GatewayItem], permission="study.match",
    zh="影像网关", en="Senders of images",
)  # fmt: skip
def list_image_gateways(request: Call) -> Any:
    """Of the caller's hospitals."""
    return [shapes.gateway_item(row) for row in pictures.gateways(request.actor)]


@operation(
    router, "POST", "/image-gateways", response=shapes.GatewayItem, permission="study.match", status=201,
    zh="登记影像网关", en="Enter a sender of images",
)  # fmt: skip
def enter_image_gateway(request: Call, body: shapes.NewGateway) -> Any:
    """What comes under its title from its address is the hospital's."""
    made = actions.enter_gateway(
        actor=request.actor,
        hospital=pictures.own_hospital(request.actor, body.hospital_id),
        ae_title=body.ae_title,
        address=body.address,
        port=body.port,
    )
    return shapes.gateway_item(made)


@operation(
    router, "POST", "/image-gateways/{image_gateway_id}/switch", response=shapes.GatewayItem,
    permission="study.match", zh="启用或停用影像网关", en="Switch a sender on or off",
)  # fmt: skip
def switch_image_gateway(request: Call, image_gateway_id: Id, body: shapes.GatewaySwitch) -> Any:
    """Off, nothing more is taken from it: what it sends is refused and listed."""
    found = pictures.gateway(request.actor, image_gateway_id)
    return shapes.gateway_item(actions.switch_gateway(actor=request.actor, gateway=found, active=body.active))


@operation(
    router, "POST", "/image-gateways/{image_gateway_id}/studies", response=None, permission="study.match",
    zh="网关以 STOW-RS 送入影像", en="Store pictures of a sender (STOW-RS)", media=stow.ANSWER,
)  # fmt: skip
def store_images_of_gateway(request: Call, image_gateway_id: Id) -> Any:
    """DICOMweb: a body of DICOM parts, at most 256 MB; all of them are kept under their patient, or none."""
    found = pictures.gateway(request.actor, image_gateway_id)
    actions.demand_sender(actor=request.actor, gateway=found)
    boundary = stow.boundary_of(request.headers.get("Content-Type", ""))
    body = stow.body_of(request)
    with storage.batch() as folder:
        files = stow.parts_to(folder, body, boundary)
        headers = actions.store(actor=request.actor, gateway=found, files=files)
    return HttpResponse(json.dumps(stow.answer_of(headers)), content_type=stow.ANSWER)
