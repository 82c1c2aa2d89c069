"""The Slack app as Slack wants it described: what it may do, what it hears, where people find it.

Field names and limits: https://docs.slack.dev/reference/app-manifest
"""

from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

NAME = "Privacy Desk"

# What every desk calls, listens to or shows, and the scope that Slack wants for it.
_SCOPES = {
    "chat:write": "cards, drafts and notes",
    "commands": "/privacy and the shortcuts",
    "users:read": "whether somebody who presses a button is an active member",
    "users:read.email": "where a requester's code is mailed to",
    "usergroups:read": "who belongs to a group of SLACK_STAFF",
    "groups:read": "whether the staff channel is private, and whether it is shared",
    "groups:history": "posts of doubtful fate, notes of staff, and requests in a private support channel",
    "im:history": "requests and codes in a direct message",
    "im:read": "which direct messages to read again after a gap",
    "im:write": "direct messages to a requester",
    "channels:read": "what kind of channel a setting names",
}
_EVENTS = ("app_home_opened", "channel_shared", "channel_unshared", "message.groups", "message.im")

# What is needed only where the desk posts or listens in channels that may be public.
_PUBLIC_SCOPES = {"channels:history": "requests in a support channel, alerts of doubtful fate in a public one"}
_SUPPORT_EVENTS = ("message.channels",)


def scopes(*, support_channels: bool, alert_channel: bool = False) -> tuple[str, ...]:
    """The bot scopes of these settings, and no others. ``alert_channel``: it is not the staff's own."""
    return tuple(sorted({*_SCOPES, *(_PUBLIC_SCOPES if support_channels or alert_channel else ())}))


def manifest(
    organisation: str, request_url: str | None, *, support_channels: bool, alert_channel: bool = False
) -> Json:
    """The manifest as JSON. ``request_url``: where Slack posts to; None for Socket Mode."""
    bot_scopes = scopes(support_channels=support_channels, alert_channel=alert_channel)
    of_whom = f" of {organisation}" if organisation else ""
    url = {"request_url": request_url} if request_url else {}
    events = (*_EVENTS, *(_SUPPORT_EVENTS if support_channels else ()))
    return {
        "display_information": {"name": NAME, "description": f"The privacy desk{of_whom}"[:140]},
        "features": _features({"url": request_url} if request_url else {}),
        "oauth_config": {"scopes": {"bot": list(bot_scopes)}},
        "settings": {
            "event_subscriptions": {"bot_events": sorted(events), **url},
            "interactivity": {"is_enabled": True, **url},
            "org_deploy_enabled": False,
            "socket_mode_enabled": request_url is None,
            "token_rotation_enabled": False,
        },
    }


def _features(command_url: Json) -> Json:
    return {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": NAME, "always_online": True},
        "shortcuts": [
            {
                "name": "Make a privacy request",
                "type": "global",
                "callback_id": "request_new",
                "description": "Ask what is held on you, or have it deleted",
            },
            {
                "name": "Open a privacy ticket",
                "type": "message",
                "callback_id": "request_open",
                "description": "Staff: make a ticket of this message",
            },
        ],
        "slash_commands": [
            {
                "command": "/privacy",
                "description": "Privacy requests and the privacy policy",
                "usage_hint": "help | status [REF] | policy QUESTION | request",
                "should_escape": False,
                **command_url,
            }
        ],
    }
