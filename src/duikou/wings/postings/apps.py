"""App configuration of the postings wing."""

from django.apps import AppConfig


class PostingsConfig(AppConfig):
    """Requests for and postings of the supporter's people at the recipient; conduct and disputes."""

    name = "duikou.wings.postings"
    label = "postings"

    def ready(self) -> None:
        """Guard the rows in the database; offer evidence; make postings findable; tell what waits."""
        from duikou.core.overlaps import guard_overlaps
        from duikou.core.waiting import register_waiting
        from duikou.core.written import keep_as_written
        from duikou.wings.postings import evidence, search
        from duikou.wings.postings.models import ConductAnswer, ConductRecord, Posting
        from duikou.wings.postings.queries.waiting import waits_for

        guard_overlaps(Posting._meta.db_table, key="person_id", states=Posting.LIVE)
        for model in (ConductRecord, ConductAnswer):
            keep_as_written(model._meta.db_table, model.AS_WRITTEN)
        evidence.register()
        search.register()
        register_waiting(waits_for)
