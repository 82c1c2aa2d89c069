"""The emoji that the desk uses, as what stands in an SVG."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

EMOJI: Mapping[str, str] = tomllib.loads(Path(__file__).with_name("emoji.toml").read_text("utf-8"))
"""By Slack's name."""
