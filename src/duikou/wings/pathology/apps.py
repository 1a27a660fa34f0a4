"""App configuration of the pathology wing."""

from django.apps import AppConfig


class PathologyConfig(AppConfig):
    """Slides of studies, seen in tiles, marked and measured."""

    name = "duikou.wings.pathology"
    label = "pathology"

    def ready(self) -> None:
        """Take slides in pieces; tell what waits for whom."""
        from django.utils.translation import gettext_lazy as _

        from duikou.core.uploads.purposes import Purpose, register
        from duikou.core.waiting import register_waiting
        from duikou.wings.pathology import formats
        from duikou.wings.pathology.queries import waits_for

        register(Purpose("slide", _("病理切片"), "study.edit", formats.fault_of_name))
        register_waiting(waits_for)
