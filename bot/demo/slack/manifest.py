"""What Slack takes as the manifest of an app, as far as this app's has it.

Fields and limits are those of Slack's own schema (https://github.com/slackapi/manifest-schema, version 1); what
belongs together is told in https://docs.slack.dev/reference/app-manifest, and the scopes that an event wants in
https://docs.slack.dev/reference/events.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.demo.slack.schema import Json, Shape, boolean, fault, items, one_of, string

URL = {"request_url": string(3500, pattern=r"https://[^\s]+")}
WORD = string(50, pattern=r"[a-z][a-z_.:]*")
SHORTCUT = Shape(
    {"name": string(24), "type": one_of("message", "global")}
    | {"callback_id": string(255), "description": string(150)}
)
COMMAND = Shape(
    {"command": string(32, least=2, pattern=r"/[a-z0-9_-]+"), "description": string(2000)},
    {"url": string(3000, pattern=r"https://[^\s]+"), "usage_hint": string(1000), "should_escape": boolean},
)
DISPLAY = Shape(
    {"name": string(35)},
    {"description": string(140), "long_description": string(4000, least=175)}
    | {"background_color": string(7, pattern=r"#([0-9a-fA-F]{3}){1,2}")},
)
TABS = ("home_tab_enabled", "messages_tab_enabled", "messages_tab_read_only_enabled")
FEATURES = Shape(
    optional={
        "app_home": Shape(optional=dict.fromkeys(TABS, boolean)),
        "bot_user": Shape({"display_name": string(80)}, {"always_online": boolean}),
        "shortcuts": items(SHORTCUT, 10),
        "slash_commands": items(COMMAND, 50),
    }
)
OAUTH = Shape(optional={"scopes": Shape(optional={"bot": items(WORD, 255, least=0)})})
SETTINGS = Shape(
    optional={
        "event_subscriptions": Shape(optional={"bot_events": items(WORD, 100, least=0), **URL}),
        "interactivity": Shape({"is_enabled": boolean}, URL),
        **dict.fromkeys(("org_deploy_enabled", "socket_mode_enabled", "token_rotation_enabled"), boolean),
    }
)
MANIFEST = Shape(
    {"display_information": DISPLAY}, {"features": FEATURES, "oauth_config": OAUTH, "settings": SETTINGS}
)

EVENT_SCOPES: Mapping[str, frozenset[str]] = {
    "app_home_opened": frozenset(),
    "channel_shared": frozenset({"channels:read", "groups:read"}),
    "channel_unshared": frozenset({"channels:read", "groups:read"}),
    "message.channels": frozenset({"channels:history"}),
    "message.groups": frozenset({"groups:history"}),
    "message.im": frozenset({"im:history"}),
}
"""Of each event, the scopes of which one is enough to hear of it in some channel; none where none is wanted."""


def check_manifest(manifest: Any) -> list[str]:
    """Every fault, each with its JSON pointer; none means that Slack takes it and the app works."""
    return list(MANIFEST(manifest, "")) or [
        *_reachable(manifest.get("features", {}), manifest.get("settings", {})),
        *_allowed(manifest),
    ]


def _reachable(features: Json, settings: Json) -> Iterator[str]:
    """Without Socket Mode, everything that Slack sends needs an address to be sent to."""
    heard, pressed = settings.get("event_subscriptions", {}), settings.get("interactivity", {})
    if features.get("shortcuts") and not pressed.get("is_enabled"):
        yield fault("shortcuts need interactivity", "/settings/interactivity")
    if settings.get("socket_mode_enabled"):
        return
    for at, given in (("event_subscriptions", heard), ("interactivity", pressed)):
        if given and "request_url" not in given:
            yield fault("missing required field: request_url", f"/settings/{at}")
    for number, each in enumerate(features.get("slash_commands", [])):
        if "url" not in each:
            yield fault("missing required field: url", f"/features/slash_commands/{number}")


def _allowed(manifest: Json) -> Iterator[str]:
    """What is heard and shown is within the scopes; nothing stands twice."""
    features, settings = manifest.get("features", {}), manifest.get("settings", {})
    scopes = manifest.get("oauth_config", {}).get("scopes", {}).get("bot", [])
    events = settings.get("event_subscriptions", {}).get("bot_events", [])
    for at, named in (("/oauth_config/scopes/bot", scopes), ("/settings/event_subscriptions/bot_events", events)):
        if len(set(named)) < len(named):
            yield fault("must not have the same item twice", at)
    for event in events:
        if event not in EVENT_SCOPES:
            yield fault(f"unknown event: {event}", "/settings/event_subscriptions/bot_events")
        elif EVENT_SCOPES[event] and EVENT_SCOPES[event].isdisjoint(scopes):
            yield fault(f"{event} needs {' or '.join(sorted(EVENT_SCOPES[event]))}", "/oauth_config/scopes/bot")
    if (features.get("slash_commands") or features.get("shortcuts")) and "commands" not in scopes:
        yield fault("shortcuts and commands need commands", "/oauth_config/scopes/bot")
    if scopes and "bot_user" not in features:
        yield fault("scopes of a bot need a bot_user", "/features")
