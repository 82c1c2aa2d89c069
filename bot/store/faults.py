"""What keeps the store from being used at all."""


class StoreFault(Exception):
    """The message is the one line that the operator reads; the command exits with 2."""
