"""The search index and its full-text part, which differs between the databases."""

from django.db import migrations, models


def add_full_text(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(
            "CREATE VIRTUAL TABLE core_searchentry_fts USING fts5(terms, tokenize = 'unicode61')"
        )
    else:
        schema_editor.execute(
            "CREATE INDEX core_searchentry_fts ON core_searchentry USING gin (to_tsvector('simple', terms))"
        )


def remove_full_text(apps, schema_editor):
    kind = "TABLE" if schema_editor.connection.vendor == "sqlite" else "INDEX"
    schema_editor.execute(f"DROP {kind} core_searchentry_fts")


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=20)),
                ("target_id", models.BigIntegerField()),
                ("title", models.CharField(max_length=200)),
                ("terms", models.TextField()),
                ("latin", models.TextField()),
                ("weight", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("source", "target_id"), name="core_search_once")
                ],
            },
        ),
        migrations.RunPython(add_full_text, remove_full_text),
    ]
