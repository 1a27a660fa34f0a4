"""What the overview shows of findings is written with each audit."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pairings", "0002_proposals"),
    ]

    operations = [
        migrations.AddField(
            model_name="auditrun",
            name="tally",
            field=models.JSONField(default=list),
        ),
    ]
