"""The databases room's door for the search process, which alone loads the engine and the index."""

from jusur.databases.api import (
    FEED_CHANNEL,
    RecordView,
    all_for_index,
    changes_after,
    feed_latest,
    keys_of,
    records_held,
    search_purpose,
    subject_of_record,
    token_purpose,
)
from jusur.databases.budgets import Asker, BudgetSpentError, EnumerationError
from jusur.databases.budgets import limits as budget_limits
from jusur.databases.budgets import spent as budget_spent
from jusur.databases.budgets_patterns import Watchman
from jusur.databases.errors import IndexBuildingError
from jusur.databases.remote import ask as remote_ask
from jusur.databases.remote import bureaus as remote_bureaus
from jusur.databases.remote import close as remote_close
from jusur.databases.remote import missing as remote_missing
from jusur.databases.searching_answers import answer, hit_of
from jusur.databases.searching_client import SCHEME_BUREAU, SCHEME_NODE, SCHEME_OFFICER
from jusur.databases.searching_client import WINDOW_SECONDS as SEARCH_WINDOW_SECONDS
from jusur.databases.searching_client import code as search_code
from jusur.databases.searching_journal import Entry, Kept
from jusur.databases.searching_journal import commit as journal_commit
from jusur.databases.searching_questions import Asked, Key
from jusur.databases.searching_questions import read as question_read
from jusur.databases.searching_reading import Wanted as WantedRecords
from jusur.databases.searching_reading import read_many
from jusur.databases.searching_selectors import all_keys, held_counts, is_record_id, is_schema, records_count, title
from jusur.databases.searching_shapes import (
    MAX_REFERENCE,
    Alike,
    AnswerView,
    BatchBody,
    BatchFound,
    BatchItem,
    DatabaseView,
    EditionQuestion,
    Found,
    Question,
    SearchBody,
)
from jusur.databases.searching_thresholds import LEAST as LEAST_THRESHOLD
from jusur.databases.searching_thresholds import levels as thresholds

__all__ = [
    "FEED_CHANNEL",
    "LEAST_THRESHOLD",
    "MAX_REFERENCE",
    "SCHEME_BUREAU",
    "SCHEME_NODE",
    "SCHEME_OFFICER",
    "SEARCH_WINDOW_SECONDS",
    "Alike",
    "AnswerView",
    "Asked",
    "Asker",
    "BatchBody",
    "BatchFound",
    "BatchItem",
    "BudgetSpentError",
    "DatabaseView",
    "EditionQuestion",
    "Entry",
    "EnumerationError",
    "Found",
    "IndexBuildingError",
    "Kept",
    "Key",
    "Question",
    "RecordView",
    "SearchBody",
    "WantedRecords",
    "Watchman",
    "all_for_index",
    "all_keys",
    "answer",
    "budget_limits",
    "budget_spent",
    "changes_after",
    "feed_latest",
    "held_counts",
    "hit_of",
    "is_record_id",
    "is_schema",
    "journal_commit",
    "keys_of",
    "question_read",
    "read_many",
    "records_count",
    "records_held",
    "remote_ask",
    "remote_bureaus",
    "remote_close",
    "remote_missing",
    "search_code",
    "search_purpose",
    "subject_of_record",
    "thresholds",
    "title",
    "token_purpose",
]
