"""Roots of the journal, ours and those kept for peers, and the signed answers of peers: all of it evidence, so it refuses to be changed."""

from __future__ import annotations

from django.db import migrations, models

KEPT = ("journal_root", "peer_root", "root_witness", "signed_answer")
LOCKS = "\n".join(
    f"""CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION liandong_append_only();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION liandong_append_only();"""
    for table in KEPT
)
UNLOCK = "\n".join(f"DROP TRIGGER {table}_no_truncate ON {table}; DROP TRIGGER {table}_append_only ON {table};" for table in KEPT)
ID = ("id", models.BigAutoField(primary_key=True, serialize=False))


class Migration(migrations.Migration):
    dependencies = [("liandong", "0008_attachments")]

    operations = [
        migrations.CreateModel(
            name="JournalRoot",
            fields=[
                ("number", models.IntegerField(primary_key=True, serialize=False)),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("entries", models.IntegerField()),
                ("tree", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("upto", models.BigIntegerField()),
            ],
            options={"db_table": "journal_root"},
        ),
        migrations.CreateModel(
            name="PeerRoot",
            fields=[
                ID,
                ("peer", models.CharField(max_length=60)),
                ("number", models.IntegerField()),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("entries", models.IntegerField()),
                ("tree", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("marks", models.BinaryField()),
                ("received_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={"db_table": "peer_root", "constraints": [models.UniqueConstraint(fields=("peer", "number"), name="peer_root_unique")]},
        ),
        migrations.CreateModel(
            name="RootWitness",
            fields=[
                ID,
                ("peer", models.CharField(max_length=60)),
                ("number", models.IntegerField()),
                ("hash", models.CharField(max_length=64)),
                ("received_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "db_table": "root_witness",
                "constraints": [models.UniqueConstraint(fields=("peer", "number", "hash"), name="root_witness_unique")],
            },
        ),
        migrations.CreateModel(
            name="NotaryAnswer",
            fields=[
                ID,
                ("peer", models.CharField(max_length=60)),
                ("ref", models.CharField(max_length=32)),
                ("body", models.JSONField()),
                ("received_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={"db_table": "notary_answer", "constraints": [models.UniqueConstraint(fields=("peer", "ref"), name="notary_answer_unique")]},
        ),
        migrations.CreateModel(
            name="SignedAnswer",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("answer", models.TextField()),
                ("received_at", models.DateTimeField()),
            ],
            options={"db_table": "signed_answer"},
        ),
        migrations.RunSQL(LOCKS, UNLOCK),
    ]
