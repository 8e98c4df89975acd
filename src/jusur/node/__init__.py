"""The node on its machine: folders, settings, database, processes, backup. No Django here."""
