"""App configuration of the training wing."""

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    """Places, applications, tutor teams, rotations, logbooks and appraisals of trainees."""

    name = "duikou.wings.training"
    label = "training"

    def ready(self) -> None:
        """Have the database refuse overlapping traineeships of a person; tell other wings what is here."""
        from duikou.core.overlaps import guard_overlaps
        from duikou.core.waiting import register_waiting
        from duikou.wings.training import evidence, search, secondments
        from duikou.wings.training.models import Traineeship
        from duikou.wings.training.queries import waits_for

        guard_overlaps(Traineeship._meta.db_table, key="person_id", states=Traineeship.LIVE)
        evidence.register()
        search.register()
        secondments.register()
        register_waiting(waits_for)
