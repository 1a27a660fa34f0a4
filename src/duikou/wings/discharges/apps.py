"""App configuration of the discharges wing."""

from django.apps import AppConfig


class DischargesConfig(AppConfig):
    """Front pages of discharges: submissions, groupings, figures."""

    name = "duikou.wings.discharges"
    label = "discharges"

    def ready(self) -> None:
        """Tell the plans what counties need, and people what waits for them."""
        from duikou.core.waiting import register_waiting
        from duikou.wings.discharges import needs
        from duikou.wings.discharges.queries.submissions import waits_for

        needs.register()
        register_waiting(waits_for)
