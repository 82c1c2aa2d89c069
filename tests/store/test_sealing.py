"""Sealed values: what opens them, and what does not."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store.sealing import CannotOpen, DataKey, MasterKeys, fingerprint

KEY = DataKey("a-ticket", bytes(range(32)))


@given(plain=st.binary(max_size=2_000), label=st.text(max_size=40))
def test_what_is_sealed_opens_again(plain: bytes, label: str) -> None:
    assert KEY.open(KEY.seal(plain, label), label) == plain


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert KEY.seal(b"the same", "message") != KEY.seal(b"the same", "message")


@given(plain=st.binary(max_size=50), at=st.integers(min_value=0), bit=st.integers(0, 7))
def test_any_changed_bit_is_noticed(plain: bytes, at: int, bit: int) -> None:
    sealed = bytearray(KEY.seal(plain, "message"))
    sealed[at % len(sealed)] ^= 1 << bit
    with pytest.raises(CannotOpen):
        KEY.open(bytes(sealed), "message")


@given(garbage=st.binary(max_size=64))
def test_garbage_of_any_length_does_not_open(garbage: bytes) -> None:
    with pytest.raises(CannotOpen):
        KEY.open(garbage, "message")


def test_a_value_does_not_open_in_another_column_nor_under_another_key() -> None:
    sealed = KEY.seal(b"a name", "ticket.requester")
    with pytest.raises(CannotOpen):
        KEY.open(sealed, "message.content")
    with pytest.raises(CannotOpen):
        DataKey("another", KEY.secret).open(sealed, "ticket.requester")
    with pytest.raises(CannotOpen):
        DataKey(KEY.id, secrets.token_bytes(32)).open(sealed, "ticket.requester")


def test_a_value_that_does_not_open_names_its_column_and_nothing_else() -> None:
    with pytest.raises(CannotOpen, match=r"^a sealed message\.content does not open with its key$") as caught:
        KEY.open(b"not sealed at all, but long enough", "message.content")
    assert caught.value.__cause__ is None


def test_a_key_does_not_show_its_secret() -> None:
    assert "\\x01\\x02" not in repr(KEY)
    assert "\\x01\\x02" not in repr(MasterKeys([KEY.secret]))


def test_the_newest_master_key_wraps_and_any_of_them_unwraps() -> None:
    old, new = secrets.token_bytes(32), secrets.token_bytes(32)
    wrapped, wrapped_by = MasterKeys([old]).wrap(b"a data key", "name")
    rotated = MasterKeys([new, old])
    assert rotated.unwrap(wrapped, wrapped_by, "name") == b"a data key"
    assert rotated.wrap(b"a data key", "name")[1] == fingerprint(new) == rotated.newest()
    assert rotated.can_open(fingerprint(old))


def test_a_master_key_that_is_not_there_opens_nothing() -> None:
    wrapped, wrapped_by = MasterKeys([secrets.token_bytes(32)]).wrap(b"a data key", "name")
    stranger = MasterKeys([secrets.token_bytes(32)])
    assert not stranger.can_open(wrapped_by)
    with pytest.raises(CannotOpen, match=wrapped_by):
        stranger.unwrap(wrapped, wrapped_by, "name")


def test_a_wrapped_key_serves_only_under_its_own_name() -> None:
    master = MasterKeys([secrets.token_bytes(32)])
    wrapped, wrapped_by = master.wrap(b"a data key", "name")
    with pytest.raises(CannotOpen):
        master.unwrap(wrapped, wrapped_by, "another name")
