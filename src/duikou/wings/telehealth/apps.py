"""App configuration of the telehealth wing."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TelehealthConfig(AppConfig):
    """Remote consultation and diagnosis between hospitals."""

    name = "duikou.wings.telehealth"
    label = "telehealth"

    def ready(self) -> None:
        """Have the database keep opinions as they were signed; offer evidence; tell what waits for whom."""
        from duikou.core import documents
        from duikou.core.uploads.purposes import Purpose
        from duikou.core.uploads.purposes import register as register_purpose
        from duikou.core.waiting import register_waiting
        from duikou.core.written import keep_as_written
        from duikou.wings.patients import followers
        from duikou.wings.rooms import consents
        from duikou.wings.telehealth import evidence
        from duikou.wings.telehealth.actions import erasing, sessions
        from duikou.wings.telehealth.models import Opinion
        from duikou.wings.telehealth.queries.waiting import waits_for

        keep_as_written(Opinion._meta.db_table, Opinion.AS_WRITTEN)
        evidence.register()
        register_waiting(waits_for)
        consents.register("consultation", sessions.objections)
        followers.register(withdrawal=sessions.follow_withdrawal, erasure=erasing.erase)
        register_purpose(Purpose("case", _("会诊资料"), "consult.request", most=documents.MOST_BYTES))
