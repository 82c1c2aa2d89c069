"""The fault matrix: each moment of the desk's work meets each fault, and what is lost or doubled is counted.

`python -m tests.faults` runs it and prints a table (docs/faults.md).
"""
