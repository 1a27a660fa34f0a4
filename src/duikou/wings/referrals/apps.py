"""App configuration of the referrals wing."""

from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    """Patients referred up and down between hospitals."""

    name = "duikou.wings.referrals"
    label = "referrals"

    def ready(self) -> None:
        """Keep signatures as written; offer evidence to the ledger; tell what waits for whom."""
        from duikou.core.waiting import register_waiting
        from duikou.core.written import keep_as_written
        from duikou.wings.referrals import evidence
        from duikou.wings.referrals.models import Signature
        from duikou.wings.referrals.queries.waiting import waits_for

        keep_as_written(Signature._meta.db_table, Signature.AS_WRITTEN)
        evidence.register()
        register_waiting(waits_for)
