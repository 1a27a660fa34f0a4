"""App configuration of the imaging wing."""

from django.apps import AppConfig


class ImagingConfig(AppConfig):
    """Studies of patients: pictures, slides, tracings, documents; and who may see them."""

    name = "duikou.wings.imaging"
    label = "imaging"

    def ready(self) -> None:
        """Tell what waits for whom."""
        from duikou.core.waiting import register_waiting
        from duikou.wings.imaging.queries.waiting import waits_for

        register_waiting(waits_for)
