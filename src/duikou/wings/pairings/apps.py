"""App configuration of the pairings wing."""

from django.apps import AppConfig


class PairingsConfig(AppConfig):
    """Rounds, pairings, imports, findings."""

    name = "duikou.wings.pairings"
    label = "pairings"

    def ready(self) -> None:
        """Make pairings findable."""
        from duikou.wings.pairings import search

        search.register()
