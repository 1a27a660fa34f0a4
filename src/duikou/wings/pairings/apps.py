"""App configuration of the pairings wing."""

from django.apps import AppConfig


class PairingsConfig(AppConfig):
    """Rounds, pairings, imports, findings."""

    name = "duikou.wings.pairings"
    label = "pairings"

    def ready(self) -> None:
        """Make pairings findable, follow the register, and tell what waits for whom."""
        from duikou.core.waiting import register_waiting
        from duikou.wings.pairings import receivers, search
        from duikou.wings.pairings.queries import waits_for

        search.register()
        receivers.connect()
        register_waiting(waits_for)
