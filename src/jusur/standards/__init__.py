"""Readers and writers of the field's standards: pure, without I/O to the network."""
