"""The desk: the pages where a bureau's officers work, one Django app for each area."""
