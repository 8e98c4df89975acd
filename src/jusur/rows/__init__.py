"""What every app does with its tables: pages, claims on long work."""
