"""App configuration of the capabilities wing."""

from django.apps import AppConfig


class CapabilitiesConfig(AppConfig):
    """The capability record: techniques of hospitals, their approvals, first cases and milestones."""

    name = "duikou.wings.capabilities"
    label = "capabilities"

    def ready(self) -> None:
        """Offer techniques as evidence to the ledger, and tell which approvals wait."""
        from duikou.core.waiting import register_waiting
        from duikou.wings.capabilities import evidence
        from duikou.wings.capabilities.queries.waiting import waits_for

        evidence.register()
        register_waiting(waits_for)
