"""App configuration of the capabilities wing."""

from django.apps import AppConfig


class CapabilitiesConfig(AppConfig):
    """The capability record: techniques of hospitals, their approvals, first cases and milestones."""

    name = "duikou.wings.capabilities"
    label = "capabilities"

    def ready(self) -> None:
        """Offer techniques as evidence to the ledger."""
        from duikou.wings.capabilities import evidence

        evidence.register()
