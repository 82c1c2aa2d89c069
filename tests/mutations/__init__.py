"""Each defence switched off in turn, to see that a test notices: ``python -m tests.mutations``."""
