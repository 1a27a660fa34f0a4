"""Tables of this wing: agreements and their texts, what both sides said and signed, what became of them."""

from duikou.wings.agreements.models.agreements import (
    BINDING,
    IN_FORCE,
    ON_ITS_WAY,
    Agreement,
    Side,
    UploadedTemplate,
    Version,
)
from duikou.wings.agreements.models.life import Event, RefusedUpload, TerminationRequest
from duikou.wings.agreements.models.signing import Approval, Comment, Filing, Original, Signature

__all__ = [
    "BINDING",
    "IN_FORCE",
    "ON_ITS_WAY",
    "Agreement",
    "Approval",
    "Comment",
    "Event",
    "Filing",
    "Original",
    "RefusedUpload",
    "Side",
    "Signature",
    "TerminationRequest",
    "UploadedTemplate",
    "Version",
]
