"""The search process: holds the index in memory once, and answers people, systems and other bureaus."""
