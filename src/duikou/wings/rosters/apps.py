"""App configuration of the rosters wing."""

from django.apps import AppConfig


class RostersConfig(AppConfig):
    """Outpatient, ward and duty rosters of departments with their own and posted staff."""

    name = "duikou.wings.rosters"
    label = "rosters"

    def ready(self) -> None:
        """Offer published rosters as evidence; make rosters findable; tell what waits for whom."""
        from duikou.core.waiting import register_waiting
        from duikou.wings.rosters import evidence, search
        from duikou.wings.rosters.queries.waiting import waits_for

        evidence.register()
        search.register()
        register_waiting(waits_for)
