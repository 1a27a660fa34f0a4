"""App configuration of the plans wing."""

from django.apps import AppConfig


class PlansConfig(AppConfig):
    """Three-year plans, annual tasks, the yearly four ones, gaps of specialties."""

    name = "duikou.wings.plans"
    label = "plans"

    def ready(self) -> None:
        """Make plans findable, and follow hospitals that get another keeper."""
        from duikou.wings.plans import receivers, search

        search.register()
        receivers.connect()
