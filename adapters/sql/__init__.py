"""The SQL store: one code for SQLite and PostgreSQL, set-based and batch by batch."""
