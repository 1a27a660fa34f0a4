"""App configuration of the plans wing."""

from django.apps import AppConfig


class PlansConfig(AppConfig):
    """Three-year plans, annual tasks, the yearly four ones, gaps of specialties."""

    name = "duikou.wings.plans"
    label = "plans"

    def ready(self) -> None:
        """Make plans findable, follow hospitals that get another keeper, and tell what waits."""
        from duikou.core.waiting import register_waiting
        from duikou.wings.plans import receivers, search
        from duikou.wings.plans.queries.waiting import waits_for

        search.register()
        receivers.connect()
        register_waiting(waits_for)
