"""The databases room's door: databases and their records, lists, the change feed, searches and hits."""

from jusur.databases.feed import CHANNEL as FEED_CHANNEL
from jusur.databases.feed import Change, all_for_index, changes_after
from jusur.databases.feed import latest as feed_latest
from jusur.databases.selectors import (
    RecordView,
    database,
    databases,
    keys_of,
    record_visible,
    records_by_key,
    records_held,
    records_visible,
    remote_hosts,
)
from jusur.databases.subjects import subject_of, subject_of_record

__all__ = [
    "FEED_CHANNEL",
    "Change",
    "RecordView",
    "all_for_index",
    "changes_after",
    "database",
    "databases",
    "feed_latest",
    "keys_of",
    "record_visible",
    "records_by_key",
    "records_held",
    "records_visible",
    "remote_hosts",
    "subject_of",
    "subject_of_record",
]
