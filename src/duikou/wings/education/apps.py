"""App configuration of the education wing."""

from django.apps import AppConfig


class EducationConfig(AppConfig):
    """Remote education between hospitals."""

    name = "duikou.wings.education"
    label = "education"

    def ready(self) -> None:
        """Have the database keep certificates as issued; offer evidence and credits; tell what waits."""
        from duikou.core.waiting import register_waiting
        from duikou.core.written import keep_as_written
        from duikou.wings.credits import learnt
        from duikou.wings.education import evidence, watch_rights
        from duikou.wings.education.models import CourseCertificate
        from duikou.wings.education.queries import credit_book
        from duikou.wings.education.queries.waiting import waits_for

        keep_as_written(CourseCertificate._meta.db_table, CourseCertificate.AS_WRITTEN)
        evidence.register()
        watch_rights.register()
        learnt.register(credit_book.learnt)
        register_waiting(waits_for)
