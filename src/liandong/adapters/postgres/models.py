"""The tables of a node. Constraints carry rules too; their names are translated to errors in ``constraints.py``.

``Stream`` is the row that screens query, one for each appeal, alarm, work order and handover; ``JournalEntry`` is the truth.
"""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KeyTransform

__all__ = [
    "FIGURE_FACTS",
    "AbsenceEntry",
    "ApiToken",
    "Attachment",
    "CitizenMessage",
    "Draft",
    "ExchangePosition",
    "IdempotencyKey",
    "InboxMessage",
    "JournalEntry",
    "JournalRoot",
    "Look",
    "NotaryAnswer",
    "OutboxMessage",
    "PatrolPosition",
    "PeerRoot",
    "PeerStatus",
    "PracticeAnswer",
    "PracticeRound",
    "RepeatKey",
    "RootWitness",
    "Ruling",
    "ServiceCode",
    "SignedAnswer",
    "SimulatedNotice",
    "Stream",
    "Timer",
    "User",
    "VisitCount",
]


#: Facts that the figures of a period are counted by, and those that end a record: found by name and time.
FIGURE_FACTS = (
    "AlarmClosed", "CitizenDissatisfied", "ConsultationConvened", "HandoverConfirmed", "HandoverObjected", "HandoverOffered", "HandoverReopened", "HandoverReturned",
    "NegotiationLapsed", "NegotiationSettledForSender", "OrderClosed", "OrderRefused", "WhistleBlown",
)  # fmt: skip


class User(AbstractUser):
    """A person who works at this node; ``role`` is one of ``domain.journal.Role``."""

    role = models.CharField("岗位", max_length=20)
    #: Code of the unit the person works for; "" at the desks.
    unit = models.CharField("单位", max_length=40, blank=True, default="")
    #: Shown in the demonstration as one click away; never in production.
    demonstration = models.BooleanField(default=False)

    class Meta:
        db_table = "person"


class ApiToken(models.Model):
    """A key of an organisation to the API; only its SHA-256 is kept."""

    digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=80)
    role = models.CharField(max_length=20)
    unit = models.CharField(max_length=40, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "api_token"


class Stream(models.Model):
    """Where a stream stands: its state, and the columns that lists and look-ups need."""

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=16)
    number = models.CharField(max_length=40)
    phase = models.CharField(max_length=24)
    seq = models.IntegerField()
    head = models.CharField(max_length=64)
    data = models.JSONField()
    #: The appeal it belongs to; itself for an appeal.
    appeal = models.UUIDField(null=True)
    urgent = models.BooleanField(default=False)
    side = models.CharField(max_length=12, default="", blank=True)
    item = models.CharField(max_length=20, default="", blank=True)
    unit = models.CharField(max_length=40, default="", blank=True)
    summary = models.CharField(max_length=240, default="", blank=True)
    place = models.CharField(max_length=300, default="", blank=True)
    phone = models.CharField(max_length=40, default="", blank=True)
    #: Key of the source an appeal was taken under; unique where given.
    key = models.CharField(max_length=120, null=True, blank=True)
    opened_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "stream"
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="stream_number_unique"),
            models.UniqueConstraint(fields=["key"], name="stream_key_unique", condition=Q(key__isnull=False)),
            models.CheckConstraint(condition=Q(seq__gte=1), name="stream_seq_positive"),
        ]
        indexes = [
            models.Index(fields=["kind", "-updated_at", "-id"], name="stream_newest"),
            models.Index(fields=["kind", "phase", "-updated_at"], name="stream_by_phase"),
            models.Index(fields=["kind", "unit", "-updated_at"], name="stream_by_unit", condition=~Q(unit="")),
            models.Index(fields=["phone", "-opened_at"], name="stream_by_phone", condition=Q(kind="appeal") & ~Q(phone="")),
            models.Index(fields=["place", "-opened_at"], name="stream_by_place", condition=Q(kind="appeal") & ~Q(place="")),
            models.Index(fields=["appeal"], name="stream_by_appeal"),
            models.Index(fields=["-opened_at"], name="stream_appeals_opened", condition=Q(kind="appeal")),
            models.Index(fields=["-updated_at"], name="stream_visits", condition=Q(data__has_key="visit_asked")),
            GinIndex(KeyTransform("parts", "data"), name="stream_by_assistant", condition=Q(kind__in=("alarm", "workorder"))),
        ]


class JournalEntry(models.Model):
    """A fact in its place. Append-only: a trigger refuses UPDATE, DELETE and TRUNCATE."""

    position = models.BigAutoField(primary_key=True)
    stream = models.UUIDField()
    kind = models.CharField(max_length=16)
    seq = models.IntegerField()
    name = models.CharField(max_length=60)
    actor = models.JSONField()
    at = models.DateTimeField()
    data = models.JSONField()
    before = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        db_table = "journal"
        constraints = [models.UniqueConstraint(fields=["stream", "seq"], name="journal_stream_seq_unique")]
        indexes = [models.Index(fields=["name", "at"], name="journal_figures", condition=Q(name__in=FIGURE_FACTS))]


class Timer(models.Model):
    """A clock of a record, as the facts of its journal have kept it: written with them, read by lists and by the worker."""

    id = models.BigAutoField(primary_key=True)
    stream = models.UUIDField()
    kind = models.CharField(max_length=16)
    #: Which clock of this kind of record, and its how manieth start.
    step = models.CharField(max_length=24)
    round = models.IntegerField()
    #: The rule of the pack it keeps.
    code = models.CharField(max_length=80)
    #: Who owes it: a unit's code, or "" for a desk.
    unit = models.CharField(max_length=40, blank=True, default="")
    owed_by = models.CharField(max_length=12, default="unit")
    #: A right that lapses, not a duty.
    is_right = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    #: None while it stands still or is over.
    due_at = models.DateTimeField(null=True)
    #: When the worker has to look at it: to warn, or because it is due. None: nothing to do.
    next_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    fired_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    #: ``open``, ``done`` or ``void``.
    outcome = models.CharField(max_length=8, default="open")
    #: Pauses and extensions: what the deadline is worked out from.
    history = models.JSONField(default=dict)
    #: How often acting on it failed, and why the last time.
    attempts = models.IntegerField(default=0)
    problem = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        db_table = "timer"
        constraints = [models.UniqueConstraint(fields=["stream", "step", "round"], name="timer_round_unique")]
        indexes = [
            models.Index(fields=["next_at"], name="timer_next", condition=Q(next_at__isnull=False)),
            models.Index(fields=["due_at"], name="timer_open_due", condition=Q(outcome="open")),
            models.Index(fields=["unit", "due_at"], name="timer_open_unit", condition=Q(outcome="open") & ~Q(unit="")),
        ]


class OutboxMessage(models.Model):
    """Something to be told to a peer; stays until a receipt says it arrived."""

    position = models.BigAutoField(primary_key=True)
    id = models.UUIDField(unique=True)
    peer = models.CharField(max_length=60)
    stream = models.UUIDField()
    #: Place among the messages of this stream to this peer, from 1.
    seq = models.IntegerField()
    type = models.CharField(max_length=60)
    body = models.JSONField()
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    #: Code of why the last try failed.
    reason = models.CharField(max_length=120, default="", blank=True)
    #: Waits for a person.
    parked = models.BooleanField(default=False)
    receipt = models.JSONField(null=True)

    class Meta:
        db_table = "outbox"
        constraints = [models.UniqueConstraint(fields=["peer", "stream", "seq"], name="outbox_place_unique")]
        indexes = [
            models.Index(fields=["peer", "position"], name="outbox_waiting", condition=Q(sent_at__isnull=True)),
            models.Index(
                fields=["peer", "stream", "seq"],
                name="outbox_held",
                condition=Q(sent_at__isnull=True) & (Q(parked=True) | Q(next_try_at__isnull=False)),
            ),
            models.Index(fields=["peer", "stream", "seq"], name="outbox_unsent", condition=Q(sent_at__isnull=True)),
        ]


class InboxMessage(models.Model):
    """What a peer told us: applied, waiting for an earlier one, or set aside for a person."""

    WAITING, APPLIED, QUARANTINED, KEPT = "waiting", "applied", "quarantined", "kept"

    position = models.BigAutoField(primary_key=True)
    id = models.UUIDField()
    peer = models.CharField(max_length=60)
    stream = models.UUIDField()
    seq = models.IntegerField()
    type = models.CharField(max_length=60)
    state = models.CharField(max_length=12)
    #: The envelope as it came, for evidence and for another try.
    envelope = models.JSONField()
    reason = models.CharField(max_length=300, default="", blank=True)
    received_at = models.DateTimeField()

    class Meta:
        db_table = "inbox"
        constraints = [
            models.UniqueConstraint(fields=["peer", "id"], name="inbox_id_unique"),
            models.UniqueConstraint(fields=["peer", "stream", "seq"], name="inbox_place_unique"),
        ]
        indexes = [models.Index(fields=["state", "position"], name="inbox_not_applied", condition=~Q(state="applied"))]


class ExchangePosition(models.Model):
    """How far a stream has gone to and come from a peer."""

    id = models.BigAutoField(primary_key=True)
    peer = models.CharField(max_length=60)
    stream = models.UUIDField()
    out_seq = models.IntegerField(default=0)
    in_seq = models.IntegerField(default=0)

    class Meta:
        db_table = "exchange_position"
        constraints = [models.UniqueConstraint(fields=["peer", "stream"], name="exchange_position_unique")]


class Attachment(models.Model):
    """A file that a record names: here, or on its way from the peer that named it."""

    HERE, COMING, FAILED = "here", "coming", "failed"

    digest = models.CharField(max_length=80, primary_key=True)
    #: Who has it, while it is coming; "" for what people of this node sent up.
    peer = models.CharField(max_length=60, blank=True, default="")
    name = models.CharField(max_length=255)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=140)
    state = models.CharField(max_length=8)
    #: Code of why the last try failed.
    reason = models.CharField(max_length=120, blank=True, default="")
    attempts = models.IntegerField(default=0)
    noted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "attachment"
        indexes = [models.Index(fields=["noted_at"], name="attachment_coming", condition=Q(state="coming"))]


class PeerStatus(models.Model):
    """How a peer does, for banners."""

    peer = models.CharField(max_length=60, primary_key=True)
    up = models.BooleanField(default=True)
    since = models.DateTimeField()
    last_ok_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=120, default="", blank=True)
    #: Counted by the worker since there is one: delivered, refused or put off, batches without a good answer.
    sent = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    failures = models.BigIntegerField(default=0)
    #: Delivered, and refused or failed, in the last five minutes before ``counted_at``.
    sent_lately = models.IntegerField(default=0)
    faults_lately = models.IntegerField(default=0)
    counted_at = models.DateTimeField(null=True)
    #: How far its clock is ahead of ours; null while nobody knows.
    clock_ahead_ms = models.BigIntegerField(null=True)

    class Meta:
        db_table = "peer_status"


class ExchangeAct(models.Model):
    """What a person did at the exchange desk. Append-only."""

    RETRIED, SET_ASIDE, SENT_AGAIN, REPLAYED = "retried", "set_aside", "sent_again", "replayed"

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    person = models.CharField(max_length=150)
    act = models.CharField(max_length=12)
    peer = models.CharField(max_length=60)
    #: The stream it was about; null for all of a peer.
    stream = models.UUIDField(null=True)
    #: Messages it touched.
    messages = models.IntegerField()
    #: From where, or why it still could not be applied.
    words = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        db_table = "exchange_act"


class Draft(models.Model):
    """What somebody is typing; survives a dead browser. Deleted when the appeal is taken."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    #: Which form; a desk may hold several calls.
    slot = models.CharField(max_length=40)
    fields = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "draft"
        constraints = [models.UniqueConstraint(fields=["user", "slot"], name="draft_slot_unique")]


class RepeatKey(models.Model):
    """A look-up key of an appeal (``domain.appeals.repeat_keys``). One index holds all there is, newest last within a key."""

    pk = models.CompositePrimaryKey("key", "at", "appeal")
    key = models.BigIntegerField()
    at = models.DateTimeField()
    appeal = models.UUIDField()

    class Meta:
        db_table = "repeat_key"


class Ruling(models.Model):
    """A ruling of a consultation, told by its facts: what triage of this node reads beside the pack's list."""

    code = models.CharField(max_length=60, primary_key=True)
    consultation = models.UUIDField()
    data = models.JSONField()
    revoked_on = models.DateField(null=True)
    #: Counts the changes of this row; the sum of all tells triage whether anything changed.
    revision = models.IntegerField(default=1)

    class Meta:
        db_table = "ruling"
        constraints = [models.CheckConstraint(condition=Q(revision__gte=1), name="ruling_revision_positive")]


class ServiceCode(models.Model):
    """A code that opens one quick service without an account; only its SHA-256 is kept."""

    digest = models.CharField(max_length=64, primary_key=True)
    service = models.UUIDField()
    #: ``owner`` or ``caller``.
    who = models.CharField(max_length=8)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "service_code"
        constraints = [models.CheckConstraint(condition=Q(who__in=("owner", "caller")), name="service_code_who")]


class FollowCode(models.Model):
    """A code that shows a citizen their own case without an account; only its SHA-256 is kept."""

    digest = models.CharField(max_length=64, primary_key=True)
    appeal = models.UUIDField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "follow_code"


class CitizenMessage(models.Model):
    """A message that tells a citizen number and code of a case; one for each appeal. Its words are gone once a real gateway has taken them."""

    appeal = models.UUIDField(primary_key=True)
    phone = models.CharField(max_length=40)
    words = models.CharField(max_length=500, blank=True, default="")
    #: True where nothing was really sent.
    simulated = models.BooleanField(default=False)
    attempts = models.IntegerField(default=0)
    #: Why the last try failed.
    reason = models.CharField(max_length=40, blank=True, default="")
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    #: None: sent, or given up.
    next_try_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "citizen_message"
        indexes = [
            models.Index(fields=["next_try_at"], name="citizen_message_waiting", condition=Q(next_try_at__isnull=False)),
            models.Index(fields=["-made_at"], name="citizen_message_newest"),
        ]


class SimulatedNotice(models.Model):
    """A message that the demonstration did not send, so that somebody can open its link. Never written in production."""

    id = models.BigAutoField(primary_key=True)
    reference = models.CharField(max_length=40)
    service = models.UUIDField()
    owner = models.CharField(max_length=80)
    code = models.CharField(max_length=40)
    words = models.CharField(max_length=300)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "simulated_notice"
        indexes = [models.Index(fields=["service", "-id"], name="simulated_notice_by_service")]


class VisitCount(models.Model):
    """How often somebody without an account came in a span of time; the bucket is a digest, no address is kept."""

    bucket = models.CharField(max_length=64, primary_key=True)
    count = models.IntegerField(default=0)
    until = models.DateTimeField()

    class Meta:
        db_table = "visit_count"


class IdempotencyKey(models.Model):
    """The answer given to a request, so that the same key gets the same answer."""

    token = models.CharField(max_length=64)
    key = models.CharField(max_length=120)
    #: SHA-256 of method, path and body.
    fingerprint = models.CharField(max_length=64)
    status = models.IntegerField()
    answer = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "idempotency_key"
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="idempotency_key_unique")]


class Look(models.Model):
    """Who looked at what (谁管理、谁使用、谁负责)."""

    id = models.BigAutoField(primary_key=True)
    person = models.CharField(max_length=150)
    stream = models.UUIDField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "look"
        indexes = [models.Index(fields=["stream", "-at"], name="look_by_stream")]


class JournalRoot(models.Model):
    """A root of this node's journal (``domain.journal.roots``). Append-only."""

    number = models.IntegerField(primary_key=True)
    previous = models.CharField(max_length=64, blank=True)
    entries = models.IntegerField()
    tree = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    #: Last position of the journal under it.
    upto = models.BigIntegerField()

    class Meta:
        db_table = "journal_root"


class PeerRoot(models.Model):
    """A root of a peer's journal, kept for it. Append-only; the signed envelope it came in lies in the inbox."""

    id = models.BigAutoField(primary_key=True)
    peer = models.CharField(max_length=60)
    number = models.IntegerField()
    previous = models.CharField(max_length=64, blank=True)
    entries = models.IntegerField()
    tree = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    #: The first 48 bits of each entry's seal, in order.
    marks = models.BinaryField()
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "peer_root"
        constraints = [models.UniqueConstraint(fields=["peer", "number"], name="peer_root_unique")]


class RootWitness(models.Model):
    """A peer's word that it keeps a root of ours. Append-only; its signed envelope lies in the inbox."""

    id = models.BigAutoField(primary_key=True)
    peer = models.CharField(max_length=60)
    number = models.IntegerField()
    hash = models.CharField(max_length=64)
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "root_witness"
        constraints = [models.UniqueConstraint(fields=["peer", "number", "hash"], name="root_witness_unique")]


class NotaryAnswer(models.Model):
    """What a peer answered to a question about roots or records; read once by who asked."""

    id = models.BigAutoField(primary_key=True)
    peer = models.CharField(max_length=60)
    ref = models.CharField(max_length=32)
    body = models.JSONField()
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "notary_answer"
        constraints = [models.UniqueConstraint(fields=["peer", "ref"], name="notary_answer_unique")]


class SignedAnswer(models.Model):
    """A peer's signed receipts for one batch, as they came: the proof of what it took. Append-only."""

    digest = models.CharField(max_length=64, primary_key=True)
    answer = models.TextField()
    received_at = models.DateTimeField()

    class Meta:
        db_table = "signed_answer"


class PracticeRound(models.Model):
    """A round of practice: its cases in order, how far the person is, and when the case that stands was shown."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(User, on_delete=models.CASCADE)
    cases = models.JSONField()
    #: How many of them are answered.
    done = models.IntegerField(default=0)
    points = models.IntegerField(default=0)
    #: The clock of the case that stands runs from here; null until it is shown.
    shown_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "practice_round"
        indexes = [models.Index(fields=["person", "-started_at"], name="practice_round_by_person")]


class PracticeAnswer(models.Model):
    """What a person answered to one case of a round; given once."""

    id = models.BigAutoField(primary_key=True)
    round = models.ForeignKey(PracticeRound, on_delete=models.CASCADE)
    person = models.ForeignKey(User, on_delete=models.CASCADE)
    place = models.IntegerField()
    case = models.CharField(max_length=20)
    side = models.CharField(max_length=12)
    item = models.CharField(max_length=20, default="", blank=True)
    urgent = models.BooleanField()
    points = models.IntegerField()
    seconds = models.FloatField()
    at = models.DateTimeField()

    class Meta:
        db_table = "practice_answer"
        indexes = [models.Index(fields=["person", "-at"], name="practice_answer_by_person")]
        constraints = [
            models.UniqueConstraint(fields=["round", "place"], name="practice_answer_once"),
            models.CheckConstraint(condition=Q(points__gte=0, points__lte=100), name="practice_answer_points"),
        ]


class AbsenceEntry(models.Model):
    """Somebody, or a whole unit, who is away and who stands in (``domain.routing.absences``); ended, never deleted."""

    id = models.UUIDField(primary_key=True)
    unit = models.CharField(max_length=40)
    person = models.CharField(max_length=150, blank=True, default="")
    #: "" where the whole unit is meant.
    name = models.CharField(max_length=150, blank=True, default="")
    since = models.DateTimeField()
    until = models.DateTimeField()
    substitute = models.CharField(max_length=150)
    substitute_phone = models.CharField(max_length=40, blank=True, default="")
    reason = models.CharField(max_length=300, blank=True, default="")
    marked_by = models.CharField(max_length=150)
    marked_at = models.DateTimeField()
    ended_by = models.CharField(max_length=150, blank=True, default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "absence"
        indexes = [models.Index(fields=["until"], name="absence_standing", condition=Q(ended_at__isnull=True))]
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=models.F("since")), name="absence_has_a_span"),
            models.CheckConstraint(condition=~Q(substitute=""), name="absence_has_a_substitute"),
        ]


class PatrolPosition(models.Model):
    """Where a person of a unit said last that they are, and whether they can be sent; no earlier position is kept."""

    person = models.CharField(max_length=150, primary_key=True)
    unit = models.CharField(max_length=40)
    longitude = models.FloatField()
    latitude = models.FloatField()
    accuracy_m = models.IntegerField(default=0)
    #: ``available``, ``busy`` or ``off``.
    status = models.CharField(max_length=12)
    at = models.DateTimeField()

    class Meta:
        db_table = "patrol_position"
        indexes = [models.Index(fields=["-at"], name="patrol_position_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(longitude__gte=-180, longitude__lte=180, latitude__gte=-90, latitude__lte=90), name="patrol_position_on_earth"),
            models.CheckConstraint(condition=Q(status__in=("available", "busy", "off")), name="patrol_position_status"),
        ]
