"""Tables of the imaging wing."""

from duikou.wings.imaging.models.deliveries import Delivery
from duikou.wings.imaging.models.files import KeyImage, StudyFile
from duikou.wings.imaging.models.gateways import Gateway, StoreCursor
from duikou.wings.imaging.models.studies import Study, StudyGrant

__all__ = ["Delivery", "Gateway", "KeyImage", "StoreCursor", "Study", "StudyFile", "StudyGrant"]
