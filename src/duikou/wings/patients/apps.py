"""App configuration of the patients wing."""

from django.apps import AppConfig


class PatientsConfig(AppConfig):
    """Patients of the hospitals, what they agreed to, and who looked at their records."""

    name = "duikou.wings.patients"
    label = "patients"

    def ready(self) -> None:
        """Have the database keep consents and looks as they were written; tell what waits for whom."""
        from duikou.core.waiting import register_waiting
        from duikou.core.written import keep_as_written
        from duikou.wings.patients.models import Access, Consent
        from duikou.wings.patients.queries.waiting import waits_for

        register_waiting(waits_for)

        for model in (Access, Consent):
            keep_as_written(model._meta.db_table, model.AS_WRITTEN)
