"""Imported lists: fetched or given as files, read entry by entry, compared with what is held, taken as a difference."""
