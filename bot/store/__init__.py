"""The desk's memory: tables, the unit of work, inbox and outbox, keys and migrations."""
