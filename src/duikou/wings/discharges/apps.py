"""App configuration of the discharges wing."""

from django.apps import AppConfig


class DischargesConfig(AppConfig):
    """Front pages of discharges: submissions, groupings, figures."""

    name = "duikou.wings.discharges"
    label = "discharges"

    def ready(self) -> None:
        """Tell the plans what counties need."""
        from duikou.wings.discharges import needs

        needs.register()
