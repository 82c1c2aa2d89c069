"""What a file is called, what it is, and what answer carries it."""

import io
import unicodedata
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.exports import Form, Look, hands_over, safe_name, unreadable
from bot.domain.vocabulary import Outcome, RequestType


def look(content: bytes, size: int = 7) -> Form:
    seen = Look()
    for start in range(0, len(content), size):
        seen.feed(content[start : start + size])
    assert seen.size == len(content)
    return seen.form


def archive(*names: str, weight: int = 0) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as written:
        for each in names:
            written.writestr(each, "x" * weight)
    return held.getvalue()


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (b' {"name": "\xc3\xa9"}\n', Form.JSON),
        (b"[1, 2]", Form.JSON),
        ("\ufeff{}".encode(), Form.JSON),
        (b"id,title\n1,Lime\n", Form.CSV),
        (b"id;title\r\n", Form.CSV),
        (b"id\ttitle", Form.CSV),
        (b"just words\n", Form.OTHER),
        (b"", Form.OTHER),
        (b"{\x00}", Form.OTHER),
        (b"id,\xff\n", Form.OTHER),
        (b"id,\xc3", Form.OTHER),
        (b"%PDF-1.7 \xff", Form.OTHER),
        (archive("a.json", "b/c.CSV"), Form.ZIP),
        (archive("a.json", "b.exe"), Form.OTHER),
        (archive(), Form.OTHER),
        (archive("a.json")[:-9], Form.OTHER),
    ],
)
def test_a_file_is_known_by_its_content(content, form):
    assert look(content) is form


def test_a_large_archive_is_known_by_its_end():
    assert look(archive("a.csv", "b.json", weight=900_000), 100_000) is Form.ZIP


@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", archive("a.json")]))
def test_any_bytes_are_something(content, before):
    assert look(before + content) in Form
    assert look(content + before) in Form


@given(st.text(max_size=200))
def test_a_safe_name_is_short_visible_and_no_path(given_name):
    name = safe_name(given_name)
    assert 0 < len(name) <= 100
    assert not set(name) & set('/\\:"<>|?*\r\n')
    assert name not in (".", "..")
    assert not any(unicodedata.category(each) == "Cc" for each in name)


def test_a_long_name_keeps_its_ending():
    assert safe_name("x" * 300 + ".json").endswith("x.json")


@pytest.mark.parametrize(
    ("types", "outcome", "carries"),
    [
        ([RequestType.ACCESS], Outcome.FULFILLED, True),
        ([RequestType.DELETION, RequestType.PORTABILITY], Outcome.PARTLY_FULFILLED, True),
        ([RequestType.DELETION], Outcome.FULFILLED, False),
        ([RequestType.ACCESS], Outcome.DENIED, False),
        ([RequestType.ACCESS], "", False),
    ],
)
def test_only_an_answer_that_grants_a_copy_carries_one(types, outcome, carries):
    assert hands_over(types, outcome) is carries


def test_a_warning_is_for_portability_alone():
    assert unreadable([RequestType.PORTABILITY], Form.OTHER)
    assert unreadable([RequestType.PORTABILITY], Form.JSON) is None
    assert unreadable([RequestType.ACCESS], Form.OTHER) is None
