"""App configuration of the places wing."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    """Divisions with history, boundaries, travel times."""

    name = "duikou.wings.places"
    label = "places"

    def ready(self) -> None:
        """Make divisions findable."""
        from duikou.wings.places import search

        search.register()
