"""Fills a desk with the rows of a busy bureau's years, then with the sample desk, for `bench.desk` to serve.

Rows are generated in the database: requests, packages, messages with their deliveries and conversations, and ledger
events, which then take their places in the log as always.
"""

import json
import os
import sys
from typing import Final

from tests.desk.browser import prepare

YEARS: Final = 3
IDENTIFIER: Final = """
CREATE FUNCTION pg_temp.id_at(at timestamptz, kind int, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(kind), 3, '0')
          || '8' || lpad(to_hex(n), 15, '0'))::uuid $$;
CREATE FUNCTION pg_temp.one_of(choices text[], n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT choices[1 + (hashint8(n) & 2147483647) % array_length(choices, 1)] $$;
CREATE FUNCTION pg_temp.partner(n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT pg_temp.one_of(ARRAY['NO','NO','NO','FR','FR','ES','SE','DE','IT','TN','DZ','EG','SN','US','GB','BE'], n) $$;
"""
RESTING: Final = ("exchange_inboundmessage", "exchange_outboundmessage")
"""Tables whose triggers, which keep the conversations, rest while their rows are made."""
CONTENT: Final = {
    "measure": "stored_content",
    "instrument": "budapest-2001",
    "purpose": "Investigation of organised fraud. " * 10,
    "offence": {
        "description": "Organised fraud by means of a computer system.",
        "iccs": "",
        "maximum_penalty_months": 120,
    },
    "contents": dict.fromkeys(("authority", "facts", "data_sought", "necessity"), "Sample. " * 20),
    "directly_accessible": False,
    "classification": "restricted",
    "conditions": {
        "purposes": ["Investigation"],
        "forwarding": [],
        "retention_days": 1826,
        "at_end": "destroy",
        "text": "",
    },
    "related_request": None,
    "language": "en",
}
REQUESTS: Final = """
INSERT INTO evidence_evidencerequest (id, side, counterpart, state, measure, instrument, urgency, case_reference,
  content, content_sha256, related_id, drafted_by, created_at, sent_at, received_at, due_at, extended_to,
  preserved_until, answered_at, alarms_raised, revision, saved_by, saved_at)
SELECT pg_temp.id_at(at, 1, n), side, pg_temp.partner(n), state,
  pg_temp.one_of(ARRAY['preservation','stored_content','subscriber_information','traffic_data'], n + 1),
  'budapest-2001', urgency, 'MA-' || to_char(at, 'YYYY') || '-' || lpad((n %% 10000)::text, 4, '0'),
  %(content)s::jsonb || jsonb_build_object('urgency', urgency), md5(n::text) || md5((-n)::text),
  NULL, NULL, at, at, CASE WHEN side = 'requested' THEN at END, at + interval '10 days', NULL, NULL,
  CASE WHEN state IN ('fulfilled','confirmed','refused') THEN at + interval '6 days' END, '{50,80,100}', 0, NULL, NULL
FROM (SELECT n, now() - (%(n)s - n) * (%(years)s * interval '365 days') / %(n)s AS at,
  pg_temp.one_of(ARRAY['requested','requesting'], n + 2) AS side,
  CASE WHEN n %% 200 < 2 THEN 'emergency' WHEN n %% 200 < 20 THEN 'urgent' ELSE 'routine' END AS urgency,
  CASE WHEN n > %(n)s * 0.97 THEN pg_temp.one_of(ARRAY['sent','acknowledged','in_execution','in_execution',
    'clarification_asked','partly_fulfilled','drafted','awaiting_approval'], n + 3)
  ELSE pg_temp.one_of(ARRAY['confirmed','confirmed','confirmed','confirmed','fulfilled','refused','withdrawn'], n + 3)
  END AS state FROM generate_series(1, %(n)s) AS n) AS made
"""
ACTS: Final = """
INSERT INTO evidence_requestact (id, request_id, act, by, actor, at, before, after, data)
SELECT pg_temp.id_at(created_at + step * interval '1 day', 10 + step, row_number() OVER ()), id,
  (ARRAY['send','acknowledge','accept'])[step], counterpart, 'node', created_at + step * interval '1 day',
  'sent', 'in_execution', '{}'
FROM evidence_evidencerequest CROSS JOIN generate_series(1, 3) AS step
"""
PACKAGES: Final = """
INSERT INTO evidence_evidencepackage (id, bag_id, direction, state, request_id, counterpart, originator,
  forwarded_from_id, case_reference, purpose, legal_basis, conditions, completes, statement, blob, size,
  sealed_sha256, verification, failure, waits_for, created_at, sealed_at, received_at, countersigned_at, destroyed_at)
SELECT pg_temp.id_at(answered_at, 2, row_number() OVER ()), pg_temp.id_at(answered_at, 2, row_number() OVER ()),
  CASE side WHEN 'requesting' THEN 'incoming' ELSE 'outgoing' END, 'countersigned', id, counterpart, counterpart, NULL,
  case_reference, 'Investigation', 'Budapest Convention', '{"purposes": ["Investigation"], "forwarding": [],
  "retention_days": 1826, "at_end": "destroy", "text": ""}', true, NULL, '', 400000000, content_sha256, NULL, '', '',
  answered_at, answered_at, answered_at, answered_at, NULL
FROM evidence_evidencerequest WHERE state IN ('confirmed', 'fulfilled') AND hashtext(id::text) %% 2 = 0
"""
THREADS: Final = """
INSERT INTO exchange_inboundconversation (sender, conversation, next_sequence)
SELECT pg_temp.partner(n), pg_temp.id_at(now() - (%(n)s - n) * (%(years)s * interval '365 days') / %(n)s, 3, n), 5
FROM generate_series(1, %(n)s / 8) AS part CROSS JOIN LATERAL (SELECT part::bigint * 8 AS n) AS every
"""
RECEIVED: Final = """
INSERT INTO exchange_inboundmessage (envelope_id, sender, digest, state, receipt, refusal, received_at, expires_at,
  message_id, kind, priority, inbound_conversation_id, sequence, document, content, hold_until, in_order, attempts,
  next_attempt_at, last_error, processed_at, acknowledged_at, forgotten_at)
SELECT pg_temp.id_at(at, 4, n), k.sender, md5(n::text) || md5((-n)::text), 'processed',
  decode(repeat('ab', 600), 'hex'),
  NULL, at, at + interval '30 days', pg_temp.id_at(at, 5, n), 'message.text',
  CASE WHEN n %% 100 = 0 THEN 0 WHEN n %% 10 = 0 THEN 1 ELSE 2 END, k.id, n %% 4 + 1, NULL,
  jsonb_build_object('purpose', 'Investigation of organised fraud', 'to', '["MA"]'::jsonb, 'body',
    jsonb_build_object('subject', 'Accounts in case ' || n, 'text', repeat('We ask you to look. ', 20),
      'language', 'en')),
  NULL, true, 1, NULL, '', at, CASE WHEN n %% 5 > 0 THEN at + interval '1 hour' END, NULL
FROM (SELECT n, now() - (%(n)s - n) * (%(years)s * interval '365 days') / %(n)s AS at
      FROM generate_series(1, %(n)s) AS n WHERE n %% 2 = 0) AS made
JOIN (SELECT *, row_number() OVER (ORDER BY id) AS place FROM exchange_inboundconversation) AS k
  ON k.place = 1 + (n - 1) / 8
ORDER BY n
"""
SENT: Final = """
INSERT INTO exchange_outboundmessage (id, kind, recipients, conversation, priority, handling, purpose, legal_basis,
  body, attachments, actor, approved_by, drafted, via, created_at, expires_at, forgotten_at)
SELECT pg_temp.id_at(at, 6, n), 'message.text', ARRAY[k.sender], k.conversation, 2,
  '{"classification": "restricted"}', 'Investigation of organised fraud', 'ICPO',
  jsonb_build_object('subject', 'Re: accounts in case ' || n, 'text', repeat('We looked. ', 20), 'language', 'en'),
  '[]', 'node', '', false, '', at, at + interval '30 days', NULL
FROM (SELECT n, now() - (%(n)s - n) * (%(years)s * interval '365 days') / %(n)s AS at
      FROM generate_series(1, %(n)s) AS n WHERE n %% 2 = 1) AS made
JOIN (SELECT *, row_number() OVER (ORDER BY id) AS place FROM exchange_inboundconversation) AS k
  ON k.place = 1 + (n - 1) / 8
"""
DELIVERIES: Final = """
INSERT INTO exchange_delivery (id, message_id, recipient, route, state, priority, sequence, envelope_id, envelope,
  digest, expires_at, next_attempt_at, attempts, reseals, last_error, receipt, refusal,
  created_at, settled_at, acknowledged_at)
SELECT id, id, recipients[1], recipients[1],
  CASE WHEN place <= 50 THEN 'queued' WHEN place %% 5000 = 0 THEN 'refused' ELSE 'receipted' END, 2, 1, id,
  decode(repeat('cd', 900), 'hex'), md5(id::text) || md5(id::text), expires_at, created_at, 1, 0, '',
  decode(repeat('ef', 600), 'hex'), NULL, created_at, created_at + interval '1 second', NULL
FROM (SELECT *, row_number() OVER (ORDER BY id DESC) AS place FROM exchange_outboundmessage) AS sent
"""
CONVERSATIONS: Final = """
INSERT INTO exchange_conversation (id, partners, priority, warning, received, sent, last_at, last_received_at,
  last_sent_at, last_received, last_sent)
SELECT k.conversation, ARRAY[k.sender], least(r.priority, s.priority), false, r.n, s.n, greatest(r.at, s.at), r.at,
  s.at, r.last, s.last
FROM exchange_inboundconversation k
JOIN (SELECT inbound_conversation_id AS id, count(*) AS n, max(received_at) AS at, max(id) AS last,
      min(priority) AS priority FROM exchange_inboundmessage GROUP BY 1) AS r ON r.id = k.id
JOIN (SELECT conversation, count(*) AS n, max(created_at) AS at, (array_agg(id ORDER BY id DESC))[1] AS last,
      min(priority) AS priority FROM exchange_outboundmessage GROUP BY 1) AS s ON s.conversation = k.conversation
"""
EVENTS: Final = """
INSERT INTO ledger_event (id, kind, subject_type, subject_id, actor, purpose, occurred_at, data, salt, commitment)
SELECT pg_temp.id_at(at, 7, n), kind, 'evidence.request', pg_temp.id_at(began, 8, case_)::text,
  CASE WHEN n %% 3 = 0 THEN 'officer:' || pg_temp.id_at('2024-01-01', 9, n %% 20) ELSE 'node' END,
  CASE WHEN n %% 3 = 0 THEN 'Investigation of organised fraud' ELSE '' END, at,
  jsonb_build_object('partner', pg_temp.partner(case_), 'instrument', 'budapest-2001', 'measure',
    pg_temp.one_of(ARRAY['preservation','stored_content'], case_), 'urgency', 'routine', 'side', 'requesting'),
  decode(md5(n::text) || md5((-n)::text), 'hex'), decode(md5((2 * n)::text) || md5((-2 * n)::text), 'hex')
FROM (SELECT (step - 1) * %(n)s / 3 + case_ AS n, case_, began, began + (step - 1) * interval '2 days' AS at,
      (ARRAY['evidence.request.sent', 'evidence.request.acknowledged', 'evidence.request.fulfilled'])[step] AS kind
      FROM (SELECT case_, now() - interval '7 days'
              - (%(n)s / 3 - case_) * (%(years)s * interval '365 days') / (%(n)s / 3) AS began
            FROM generate_series(1, %(n)s / 3) AS case_) AS cases CROSS JOIN generate_series(1, 3) AS step) AS made
"""


def fill() -> None:
    """Generate the rows, as many as the environment says (``BENCH_REQUESTS``, ``BENCH_MESSAGES``, ``BENCH_EVENTS``)."""
    from django.db import connection

    from jusur.indicators import api as indicators
    from jusur.ledger import api as ledger

    requests, messages, events = (int(os.environ[f"BENCH_{name}"]) for name in ("REQUESTS", "MESSAGES", "EVENTS"))
    steps = [(REQUESTS, requests), (ACTS, requests), (PACKAGES, requests), (THREADS, messages), (RECEIVED, messages)]
    steps += [(SENT, messages), (DELIVERIES, messages), (CONVERSATIONS, messages), (EVENTS, events)]
    with connection.cursor() as cursor:
        cursor.execute(IDENTIFIER.replace("%", "%%"), [])
        for table in RESTING:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement, count in steps:
            cursor.execute(statement, {"n": count, "years": YEARS, "content": json.dumps(CONTENT)})
        for table in RESTING:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        ledger.integrate()
        indicators.work_once()
        cursor.execute("VACUUM (ANALYZE)")


if __name__ == "__main__":
    sys.exit(prepare.main(fill))
