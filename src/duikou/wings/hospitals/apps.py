"""App configuration of the hospitals wing."""

from django.apps import AppConfig


class HospitalsConfig(AppConfig):
    """Hospital register, names and aliases, departments, capability."""

    name = "duikou.wings.hospitals"
    label = "hospitals"

    def ready(self) -> None:
        """Make hospitals findable, and known as points of travel."""
        from duikou.wings.hospitals import points, search

        search.register()
        points.register()
