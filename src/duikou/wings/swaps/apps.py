"""App configuration of the swaps wing."""

from django.apps import AppConfig


class SwapsConfig(AppConfig):
    """Plans in which posted doctors and trainees replace each other."""

    name = "duikou.wings.swaps"
    label = "swaps"

    def ready(self) -> None:
        """Make plans findable, and tell which wait for whom."""
        from duikou.core.waiting import register_waiting
        from duikou.wings.swaps import search
        from duikou.wings.swaps.queries import waits_for

        search.register()
        register_waiting(waits_for)
