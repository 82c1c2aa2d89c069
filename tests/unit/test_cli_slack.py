"""slack manifest: the app as Slack wants it described, for these settings."""

import json

import pytest

from bot.cli import main
from tests.unit.cli_desk import desk_home  # noqa: F401 (a fixture)

pytestmark = pytest.mark.usefixtures("desk_home")


def manifest(capsys):
    capsys.readouterr()
    assert main(["slack", "manifest"]) == 0
    return json.loads(capsys.readouterr().out)


def urls(value):
    """Every URL in the manifest."""
    if isinstance(value, dict):
        return {found for each in value.values() for found in urls(each)}
    if isinstance(value, list):
        return {found for each in value for found in urls(each)}
    return {value} if str(value).startswith("http") else set()


def test_with_an_app_token_it_is_socket_mode_without_any_url(monkeypatch, capsys):
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-1")
    monkeypatch.setenv("PUBLIC_URL", "https://desk.linden.example")
    found = manifest(capsys)
    assert found["settings"]["socket_mode_enabled"]
    assert urls(found) == set()


def test_before_there_is_any_token_it_is_socket_mode(capsys):
    assert manifest(capsys)["settings"]["socket_mode_enabled"]


def test_without_an_app_token_everything_is_posted_to_the_public_url(monkeypatch, capsys):
    monkeypatch.setenv("PUBLIC_URL", "https://desk.linden.example")
    found = manifest(capsys)
    url = "https://desk.linden.example/slack/events"
    assert not found["settings"]["socket_mode_enabled"]
    assert found["settings"]["event_subscriptions"]["request_url"] == url
    assert found["settings"]["interactivity"]["request_url"] == url
    assert found["features"]["slash_commands"][0]["url"] == url


def test_a_signing_secret_without_a_public_url_is_bad_usage(monkeypatch, capsys):
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "0123456789abcdef")
    assert main(["slack", "manifest"]) == 2
    err = capsys.readouterr().err
    assert "PUBLIC_URL" in err
    assert "0123456789abcdef" not in err


def test_channels_are_heard_only_where_customers_write_in_them(monkeypatch, capsys):
    without = manifest(capsys)
    monkeypatch.setenv("SLACK_SUPPORT_CHANNELS", "C0SUPPORT")
    with_support = manifest(capsys)
    scopes = [set(each["oauth_config"]["scopes"]["bot"]) for each in (without, with_support)]
    heard = [set(each["settings"]["event_subscriptions"]["bot_events"]) for each in (without, with_support)]
    assert scopes[1] - scopes[0] == {"channels:history"}
    assert heard[1] - heard[0] == {"message.channels"}


def test_every_shortcut_and_command_of_the_desk_is_there(capsys):
    features = manifest(capsys)["features"]
    assert [(each["type"], each["callback_id"]) for each in features["shortcuts"]] == [
        ("global", "request_new"),
        ("message", "request_open"),
    ]
    assert [each["command"] for each in features["slash_commands"]] == ["/privacy"]
    assert features["app_home"]["home_tab_enabled"]


def test_the_texts_fit_slacks_limits(monkeypatch, capsys):
    monkeypatch.setenv("ORGANISATION", "L" * 290)
    found = manifest(capsys)
    assert len(found["display_information"]["description"]) <= 140
    assert all(len(each["name"]) <= 24 for each in found["features"]["shortcuts"])
