"""Evidence-exchange time: charts, tables, exports."""
