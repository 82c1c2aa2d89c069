"""The app's manifest: as Slack takes it, and no wider than what the desk does."""

import ast
import re
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.manifest import manifest, scopes
from bot.demo.slack.manifest import check_manifest

ROOT = Path(__file__).resolve().parents[2]
URL = "https://desk.linden.example/slack/events"

# Of each method of the Web API that the code may name: the scopes that it wants for the
# kinds of channel in which the desk uses it everywhere (https://docs.slack.dev/reference/methods).
IN_PRIVATE = {"groups:history", "im:history"}
SCOPES_OF: dict[str, set[str]] = {
    "apps.connections.open": set(),  # with the app's own token
    "auth.test": set(),
    "chat.delete": {"chat:write"},
    "chat.postEphemeral": {"chat:write"},
    "chat.postMessage": {"chat:write"},
    "chat.update": {"chat:write"},
    "conversations.history": IN_PRIVATE,
    "conversations.info": {"channels:read", "groups:read"},
    "conversations.list": {"im:read"},
    "conversations.open": {"im:write"},
    "conversations.replies": IN_PRIVATE,
    "usergroups.users.list": {"usergroups:read"},
    "users.info": {"users:read", "users:read.email"},  # and the address of the profile
    "views.open": set(),
    "views.publish": set(),
    "views.push": set(),
    "views.update": set(),
}
_CALLED = re.compile(
    r"(apps|auth|bots|chat|conversations|files|reactions|team|usergroups|users|views)\.[a-zA-Z.]+"
)
_NAMED = re.compile(r"(?:apps|auth|bots|chat|conversations|files|reactions|team|usergroups|users|views)_\w+")
_BY_SDK = {name.replace(".", "_").lower(): name for name in SCOPES_OF}


def used(*folders: str) -> set[str]:
    """The methods that the code calls, by the SDK's name for them or by Slack's."""
    found = set()
    for path in (each for folder in folders for each in (ROOT / folder).rglob("*.py")):
        if "demo" in path.parts or path.name == "smtp_login.py":  # whose client is a mail server's
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and _NAMED.fullmatch(node.attr) and _is_client(node.value):
                found.add(_BY_SDK.get(node.attr.lower(), node.attr))
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") != "passing":  # names a moment
                texts = [each.value for each in node.args if isinstance(each, ast.Constant)]
                found |= {each for each in texts if isinstance(each, str) and _CALLED.fullmatch(each)}
    return found


def _is_client(value: ast.expr) -> bool:
    return getattr(value, "attr", getattr(value, "id", "")) in ("client", "_client")


def bot_scopes(**settings: bool) -> set[str]:
    return set(manifest("Linden Books", None, **settings)["oauth_config"]["scopes"]["bot"])


def test_the_scopes_are_those_of_the_methods_that_are_called_and_no_wider():
    methods = used("bot", "handlers")
    assert {"chat.postMessage", "conversations.history", "users.info", "views.open"} <= methods
    wanted = {scope for method in methods for scope in SCOPES_OF[method]}
    assert bot_scopes(support_channels=False) == wanted | {"commands"}


@pytest.mark.parametrize("where", ["support_channels", "alert_channel"])
def test_what_is_said_in_public_channels_is_read_only_where_there_may_be_such(where):
    without = bot_scopes(support_channels=False)
    settings: dict[str, Any] = {"support_channels": False, where: True}
    assert bot_scopes(**settings) - without == {"channels:history"}
    assert set(scopes(**settings)) == bot_scopes(**settings)


@pytest.mark.parametrize(("url", "support", "alert"), list(product((None, URL), (True, False), (True, False))))
def test_slack_takes_it_with_all_settings(url, support, alert):
    for organisation in ("", "Linden Books", "L" * 300, 'A & B "<Group>"'):
        assert check_manifest(manifest(organisation, url, support_channels=support, alert_channel=alert)) == []


def test_it_asks_for_nothing_of_a_user_and_leaves_out_what_needs_a_redirect():
    oauth = manifest("Linden Books", URL, support_channels=True)["oauth_config"]
    assert list(oauth) == ["scopes"]
    assert list(oauth["scopes"]) == ["bot"]


def broken(path: str, value: Any) -> list[str]:
    """What Slack finds in a manifest of which one value is another; None takes it away."""
    whole = manifest("Linden Books", URL, support_channels=True)
    *way, last = path.split(".")
    place: Any = whole
    for each in way:
        place = place[int(each) if each.isdigit() else each]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return check_manifest(whole)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("display_information.name", "N" * 36),
        ("display_information.description", ""),
        ("display_information.description", "D" * 141),
        ("display_information.long_description", "too short"),
        ("display_information.color", "#000"),
        ("features.shortcuts.0.name", "N" * 25),
        ("features.shortcuts.0.type", "everywhere"),
        ("features.shortcuts.0.callback_id", None),
        ("features.shortcuts", []),
        ("features.slash_commands.0.command", "privacy"),
        ("features.slash_commands.0.url", None),
        ("features.slash_commands.0.usage_hint", "h" * 1001),
        ("features.bot_user", None),
        ("oauth_config.scopes.bot", ["chat:write"]),
        ("settings.event_subscriptions.bot_events", ["message.imm"]),
        ("settings.event_subscriptions.bot_events", ["message.im", "message.im"]),
        ("settings.event_subscriptions.request_url", None),
        ("settings.interactivity.request_url", None),
        ("settings.interactivity.request_url", "http://desk.linden.example"),
        ("settings.interactivity", {"is_enabled": False, "request_url": URL}),
        ("settings.socket_mode_enabled", "yes"),
    ],
)
def test_what_slack_would_refuse_is_found(path, value):
    assert broken(path, value)
