"""The page for whoever writes a connector is what the code says."""

import json
from pathlib import Path

from bot.domain.connectors import Told, openapi, signature

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_what_the_command_prints():
    page = json.loads((ROOT / "docs/connectors.json").read_text("utf-8"))
    assert page == openapi(), "run: python -m bot connectors --openapi > docs/connectors.json"


def test_the_guide_names_every_event():
    guide = (ROOT / "docs/connectors.md").read_text("utf-8")
    assert not [each for each in Told if f"`{each}`" not in guide]


def test_a_signature_is_of_the_time_and_the_very_bytes():
    """Computed by another program: printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac key."""
    right = "t=1700000000,v1=a438e398bfafc57e4396bb7fc2304422f0f768e965d073ca313cb52e22e6ad03"
    assert signature("key", 1_700_000_000, b'{"a":1}') == right
