"""The databases room's door: databases and their records, lists, the change feed, searches and hits.

What only the search process needs, and what loads the engine, stands in ``searching_api``.
"""

import threading

from jusur.databases.budgets import BudgetSpentError, EnumerationError
from jusur.databases.budgets import forget_old as budgets_forget
from jusur.databases.feed import CHANNEL as FEED_CHANNEL
from jusur.databases.feed import Change, all_for_index, changes_after
from jusur.databases.feed import latest as feed_latest
from jusur.databases.hits import hit, hit_decide, hits, question_of
from jusur.databases.hits import run as hits_run
from jusur.databases.hits_rules import CONFIRMED as HIT_CONFIRMED
from jusur.databases.hits_rules import DISCARDED as HIT_DISCARDED
from jusur.databases.holdings import (
    database_names,
    databases_writable,
    editions_page,
    editions_waiting,
    held_numbers,
    record_caption,
    record_own,
    record_versions,
    records_own,
    watch_hits,
)
from jusur.databases.lists.editions import accept as edition_accept_as_node
from jusur.databases.lists.editions import discard as edition_discard_as_node
from jusur.databases.lists.editions import edition_accept, edition_discard, edition_open, edition_run
from jusur.databases.lists.formats import MAPPED as LIST_FORMAT_MAPPED
from jusur.databases.lists.formats import NAMES as LIST_FORMATS
from jusur.databases.lists.importing import Asked, list_import, list_open
from jusur.databases.lists.publishers import publishers
from jusur.databases.presenters import database_detail, database_view, edition_view, refusals_csv
from jusur.databases.remote import MAX_QUESTION_BYTES, answer_bureau
from jusur.databases.rules import Mode
from jusur.databases.search_purposes import UnknownPurposeError
from jusur.databases.search_purposes import purpose as search_purpose
from jusur.databases.search_purposes import purposes as search_purposes
from jusur.databases.search_tokens import token_purpose, token_purpose_set
from jusur.databases.searching_client import SCHEME_OFFICER
from jusur.databases.searching_client import ask as search_ask
from jusur.databases.searching_client import location as search_location
from jusur.databases.searching_selectors import search as search_done
from jusur.databases.searching_selectors import searches
from jusur.databases.searching_shown import NotKeptError, answer_keep, answer_kept, answers_forget, answers_kept
from jusur.databases.searching_wellness import findings as search_findings
from jusur.databases.selectors import (
    RecordView,
    database,
    databases,
    edition,
    editions_list,
    keys_of,
    record_visible,
    records_by_key,
    records_held,
    records_visible,
    refusals,
    remote_hosts,
)
from jusur.databases.services.describing import close as database_close_as_node
from jusur.databases.services.describing import database_close, database_share
from jusur.databases.services.describing import share as database_share_as_node
from jusur.databases.services.records import record_correct, record_create, record_read, record_withdraw
from jusur.databases.services.retention import retention_purge
from jusur.databases.subjects import subject_of, subject_of_record
from jusur.databases.watches import WatchBody, standing_watches, watch_lift, watch_of, watch_place, watch_question
from jusur.databases.work import run as work_run
from jusur.kernel import clock


def watches_run(stop: threading.Event) -> None:
    """The worker's loop that checks changed records against what is watched."""
    from jusur.databases import watches_work

    watches_work.run(stop)


def searches_forget() -> None:
    """Drop what was asked where its time is over, and old counts of budgets (a duty of the worker)."""
    from jusur.databases import searching_journal, watches

    moment = clock.now()
    searching_journal.forget_queries(moment)
    watches.forget_over(moment)
    budgets_forget(moment)
    answers_forget(moment)


__all__ = [
    "FEED_CHANNEL",
    "HIT_CONFIRMED",
    "HIT_DISCARDED",
    "LIST_FORMATS",
    "LIST_FORMAT_MAPPED",
    "MAX_QUESTION_BYTES",
    "SCHEME_OFFICER",
    "Asked",
    "BudgetSpentError",
    "Change",
    "EnumerationError",
    "Mode",
    "NotKeptError",
    "RecordView",
    "UnknownPurposeError",
    "WatchBody",
    "all_for_index",
    "answer_bureau",
    "answer_keep",
    "answer_kept",
    "answers_forget",
    "answers_kept",
    "budgets_forget",
    "changes_after",
    "database",
    "database_close",
    "database_close_as_node",
    "database_detail",
    "database_names",
    "database_share",
    "database_share_as_node",
    "database_view",
    "databases",
    "databases_writable",
    "edition",
    "edition_accept",
    "edition_accept_as_node",
    "edition_discard",
    "edition_discard_as_node",
    "edition_open",
    "edition_run",
    "edition_view",
    "editions_list",
    "editions_page",
    "editions_waiting",
    "feed_latest",
    "held_numbers",
    "hit",
    "hit_decide",
    "hits",
    "hits_run",
    "keys_of",
    "list_import",
    "list_open",
    "publishers",
    "question_of",
    "record_caption",
    "record_correct",
    "record_create",
    "record_own",
    "record_read",
    "record_versions",
    "record_visible",
    "record_withdraw",
    "records_by_key",
    "records_held",
    "records_own",
    "records_visible",
    "refusals",
    "refusals_csv",
    "remote_hosts",
    "retention_purge",
    "search_ask",
    "search_done",
    "search_findings",
    "search_location",
    "search_purpose",
    "search_purposes",
    "searches",
    "searches_forget",
    "standing_watches",
    "subject_of",
    "subject_of_record",
    "token_purpose",
    "token_purpose_set",
    "watch_hits",
    "watch_lift",
    "watch_of",
    "watch_place",
    "watch_question",
    "watches_run",
    "work_run",
]
