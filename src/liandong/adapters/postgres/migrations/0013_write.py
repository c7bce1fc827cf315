"""One function writes a whole unit of work: parsed and planned once for each connection, one value bound, one round trip."""

from __future__ import annotations

from django.db import migrations

# Rows of streams one by one in the order given, so that two transactions take their locks in one order.
WRITE = """
CREATE FUNCTION liandong_write(work jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE each record;
BEGIN
    IF work ? 'clocks' THEN
        INSERT INTO timer (stream, kind, step, round, code, unit, owed_by, is_right, started_at, due_at, next_at, warned_at, fired_at, stopped_at,
                           outcome, history, attempts, problem)
        SELECT r.*, 0, '' FROM jsonb_to_recordset(work->'clocks') AS r(
            stream uuid, kind text, step text, round int, code text, unit text, owed_by text, is_right boolean, started_at timestamptz,
            due_at timestamptz, next_at timestamptz, warned_at timestamptz, fired_at timestamptz, stopped_at timestamptz, outcome text, history jsonb)
        ON CONFLICT (stream, step, round) DO UPDATE SET
            code=EXCLUDED.code, unit=EXCLUDED.unit, due_at=EXCLUDED.due_at, next_at=EXCLUDED.next_at, warned_at=EXCLUDED.warned_at,
            fired_at=EXCLUDED.fired_at, stopped_at=EXCLUDED.stopped_at, outcome=EXCLUDED.outcome, history=EXCLUDED.history, attempts=0, problem='';
    END IF;
    FOR each IN SELECT * FROM jsonb_to_recordset(work->'streams') AS r(
        loaded int, id uuid, kind text, number text, phase text, seq int, head text, data jsonb, appeal uuid, urgent boolean, side text, item text,
        unit text, summary text, place text, phone text, key text, opened_at timestamptz, updated_at timestamptz)
    LOOP
        IF each.loaded = 0 THEN
            INSERT INTO stream (id, kind, number, phase, seq, head, data, appeal, urgent, side, item, unit, summary, place, phone, key, opened_at, updated_at)
            VALUES (each.id, each.kind, each.number, each.phase, each.seq, each.head, each.data, each.appeal, each.urgent, each.side, each.item,
                    each.unit, each.summary, each.place, each.phone, each.key, each.opened_at, each.updated_at);
        ELSE
            UPDATE stream AS s SET phase=each.phase, seq=each.seq, head=each.head, data=each.data, urgent=each.urgent, side=each.side, item=each.item,
                unit=each.unit, summary=each.summary, place=each.place, phone=each.phone, updated_at=each.updated_at
            WHERE s.id=each.id AND s.seq=each.loaded;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'stream % is no longer at %', each.id, each.loaded USING ERRCODE = 'serialization_failure';
            END IF;
        END IF;
    END LOOP;
    INSERT INTO journal (stream, kind, seq, name, actor, at, data, before, hash)
    SELECT * FROM jsonb_to_recordset(work->'journal') AS r(
        stream uuid, kind text, seq int, name text, actor jsonb, at timestamptz, data jsonb, before text, hash text);
    IF work ? 'keys' THEN
        INSERT INTO repeat_key (key, at, appeal)
        SELECT * FROM jsonb_to_recordset(work->'keys') AS r(key bigint, at timestamptz, appeal uuid) ON CONFLICT DO NOTHING;
    END IF;
    IF work ? 'messages' THEN
        FOR each IN SELECT * FROM jsonb_to_recordset(work->'messages') AS r(id uuid, peer text, stream uuid, type text, body jsonb, at timestamptz)
        LOOP
            WITH place AS (
                INSERT INTO exchange_position AS p (peer, stream, out_seq, in_seq) VALUES (each.peer, each.stream, 1, 0)
                ON CONFLICT (peer, stream) DO UPDATE SET out_seq = p.out_seq + 1 RETURNING out_seq)
            INSERT INTO outbox (id, peer, stream, seq, type, body, created_at, attempts, reason, parked)
            SELECT each.id, each.peer, each.stream, out_seq, each.type, each.body, each.at, 0, '', false FROM place;
        END LOOP;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("liandong", "0012_appeals_opened")]

    operations = [migrations.RunSQL(WRITE, "DROP FUNCTION liandong_write(jsonb);")]
