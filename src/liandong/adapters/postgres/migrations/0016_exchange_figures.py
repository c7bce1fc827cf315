"""What the exchange screen tells of a peer (rates, faults, its clock), and what people did there: append-only."""

from __future__ import annotations

from django.db import migrations, models

LOCK = """
CREATE TRIGGER exchange_act_append_only BEFORE UPDATE OR DELETE ON exchange_act FOR EACH ROW EXECUTE FUNCTION liandong_append_only();
CREATE TRIGGER exchange_act_no_truncate BEFORE TRUNCATE ON exchange_act FOR EACH STATEMENT EXECUTE FUNCTION liandong_append_only();"""
UNLOCK = "DROP TRIGGER exchange_act_no_truncate ON exchange_act; DROP TRIGGER exchange_act_append_only ON exchange_act;"


class Migration(migrations.Migration):
    dependencies = [("liandong", "0015_citizen_messages")]

    operations = [
        *(
            migrations.AddField(model_name="peerstatus", name=name, field=field)
            for name, field in (
                ("sent", models.BigIntegerField(default=0)),
                ("refused", models.BigIntegerField(default=0)),
                ("failures", models.BigIntegerField(default=0)),
                ("sent_lately", models.IntegerField(default=0)),
                ("faults_lately", models.IntegerField(default=0)),
                ("counted_at", models.DateTimeField(null=True)),
                ("clock_ahead_ms", models.BigIntegerField(null=True)),
            )
        ),
        migrations.CreateModel(
            name="ExchangeAct",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("person", models.CharField(max_length=150)),
                ("act", models.CharField(max_length=12)),
                ("peer", models.CharField(max_length=60)),
                ("stream", models.UUIDField(null=True)),
                ("messages", models.IntegerField()),
                ("words", models.CharField(blank=True, default="", max_length=300)),
            ],
            options={"db_table": "exchange_act"},
        ),
        migrations.RunSQL(LOCK, UNLOCK),
    ]
