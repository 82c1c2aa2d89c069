"""A mailbox of its own for each test."""

import pytest

from tests.servers.dovecot import Dovecot


@pytest.fixture
def user(dovecot: Dovecot) -> str:
    return dovecot.new_user()
