"""The search index: one row per findable thing."""

from __future__ import annotations

from django.db import models


class SearchEntry(models.Model):
    """One findable thing with its terms. A cache: `rebuild()` makes it anew at any time.

    `terms` feeds the full-text index (FTS5 on SQLite, tsvector on PostgreSQL);
    `latin` holds "|pinyin|initials" of each name, for substring matching.
    """

    source = models.CharField(max_length=20)
    target_id = models.BigIntegerField()
    title = models.CharField(max_length=200)
    terms = models.TextField()
    latin = models.TextField()
    weight = models.PositiveSmallIntegerField(default=0)  # higher first

    class Meta:
        app_label = "core"
        constraints = [models.UniqueConstraint(name="core_search_once", fields=["source", "target_id"])]

    def __str__(self) -> str:
        return self.title
