"""The lists with many rows: a fixed number of queries, every filter on an index, each conversation counted rightly."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.desk import samples
from tests.desk.conftest import As

from jusur.exchange import api as exchange
from jusur.exchange.models import Conversation
from jusur.kernel.clock import now
from jusur.kernel.ids import new_id

MANY = 3000


@pytest.fixture
def many(desk: samples.Desk) -> None:
    """Messages in ``MANY`` conversations, as the exchange stores them: its triggers keep the conversations."""
    moment = now()
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO exchange_inboundconversation (sender, conversation, next_sequence)
               SELECT CASE WHEN n %% 500 = 0 THEN 'SE' ELSE 'NO' END, gen_random_uuid(), 1
               FROM generate_series(1, %s) AS n""",
            [MANY],
        )
        cursor.execute(
            """INSERT INTO exchange_inboundmessage (envelope_id, sender, digest, state, received_at, expires_at,
                 message_id, kind, priority, inbound_conversation_id, sequence, content, in_order, attempts, last_error)
               SELECT gen_random_uuid(), c.sender, '', 'processed', %s + c.id %% 3000 * interval '1 millisecond', %s,
                 gen_random_uuid(), 'message.text', CASE WHEN c.id %% 300 = 0 THEN 0 ELSE 2 END, c.id, s,
                 '{"body": {"subject": "S", "text": "T"}}', true, 0, ''
               FROM exchange_inboundconversation c, generate_series(1, 2) AS s""",
            [moment, now() + timedelta(days=1)],
        )
        cursor.execute("ANALYZE exchange_conversation")


def test_the_trigger_counts(many: None) -> None:
    assert Conversation.objects.count() == MANY
    assert set(Conversation.objects.values_list("received", flat=True)) == {2}


def test_lists_take_the_same_few_queries_whatever_they_hold(as_role: As, desk: samples.Desk, many: None) -> None:
    browser = as_role("officer")
    for query in ("", "?partner=SE", "?priority=emergency", "?view=unread", "?view=waiting", "?view=received"):
        with CaptureQueriesContext(connection) as seen:
            page = browser.get(f"/messages/{query}").context["page"]
        assert page["items"] or query == "?view=waiting"
        assert len(seen) <= 24, [one["sql"][:90] for one in seen.captured_queries]


def test_pages_follow_each_other_without_gap(desk: samples.Desk, many: None) -> None:
    officer, seen, cursor = desk.officers["officer"].id, list[str](), ""
    for _ in range(5):
        page = exchange.conversations(officer=officer, cursor=cursor)
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
    assert len(seen) == len(set(seen)) == 250
    ordered = Conversation.objects.order_by("-last_at", "-id").values_list("id", flat=True)[:250]
    assert [UUID(one) for one in seen] == list(ordered)


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        ({}, "conversation_newest"),
        ({"priority": "emergency"}, "conversation_urgent"),
        ({"unread": True}, "conversation_received"),
    ],
)
def test_every_list_is_read_from_an_index(desk: samples.Desk, many: None, wanted: dict[str, Any], index: str) -> None:
    with CaptureQueriesContext(connection) as seen:
        exchange.conversations(officer=new_id(), wanted=exchange.ConversationsWanted(**wanted))
    [statement] = [one["sql"] for one in seen.captured_queries if "FROM exchange_conversation c" in one["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert index in plan
    assert "Seq Scan on exchange_conversation" not in plan
