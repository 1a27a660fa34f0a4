"""App configuration of the presence wing."""

from django.apps import AppConfig


class PresenceConfig(AppConfig):
    """Presence and work of posted staff."""

    name = "duikou.wings.presence"
    label = "presence"

    def ready(self) -> None:
        """Offer confirmed work as evidence to the ledger, and tell which weeks wait."""
        from duikou.core.waiting import register_waiting
        from duikou.wings.presence import evidence
        from duikou.wings.presence.queries.weeks import waits_for

        evidence.register()
        register_waiting(waits_for)
