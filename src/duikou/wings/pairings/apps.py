"""App configuration of the pairings wing."""

from django.apps import AppConfig


class PairingsConfig(AppConfig):
    """Rounds, pairings, imports, findings."""

    name = "duikou.wings.pairings"
    label = "pairings"

    def ready(self) -> None:
        """Make pairings findable, and follow the register."""
        from duikou.wings.pairings import receivers, search

        search.register()
        receivers.connect()
