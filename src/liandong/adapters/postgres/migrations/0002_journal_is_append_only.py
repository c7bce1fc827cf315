"""The journal refuses to be changed, and human numbers come from one sequence for each kind and day."""

from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION liandong_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'journal is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE ON journal FOR EACH ROW EXECUTE FUNCTION liandong_append_only();
CREATE TRIGGER journal_no_truncate BEFORE TRUNCATE ON journal FOR EACH STATEMENT EXECUTE FUNCTION liandong_append_only();
"""

# A sequence takes no lock that lasts until commit, so numbers never make one call wait for another; gaps are allowed.
NEXT_NUMBER = """
CREATE FUNCTION liandong_next_number(kind text, day text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE name text := 'number_' || kind || '_' || day;
BEGIN
    IF to_regclass(name) IS NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended(name, 0));
        EXECUTE format('CREATE SEQUENCE IF NOT EXISTS %I', name);
    END IF;
    RETURN nextval(name::regclass);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("liandong", "0001_ground_floor")]

    operations = [
        migrations.RunSQL(
            APPEND_ONLY,
            "DROP TRIGGER journal_no_truncate ON journal; DROP TRIGGER journal_append_only ON journal; DROP FUNCTION liandong_append_only();",
        ),
        migrations.RunSQL(NEXT_NUMBER, "DROP FUNCTION liandong_next_number(text, text);"),
    ]
