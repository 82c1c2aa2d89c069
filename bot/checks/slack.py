"""Slack: tokens and scopes, the channels, and the people who may act."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.adapters.manifest import scopes
from bot.adapters.slack import SlackGateway, exposures
from bot.checks.finding import Finding, failed, not_set, note, ok
from bot.settings import Settings

_Channel = dict[str, Any]
_Rule = tuple[Callable[[_Channel], bool], str]

_ANY_CHANNEL: tuple[_Rule, ...] = (
    (lambda channel: bool(channel.get("is_archived")), "is archived"),
    (lambda channel: not channel.get("is_member"), "does not have the app in it; invite it there"),
)


async def slack(settings: Settings) -> Sequence[Finding]:
    """Tries the tokens first; without a good one nothing else can be asked."""
    if not settings.slack_bot_token:
        return [not_set("SLACK_BOT_TOKEN", "no Slack: staff work with the commands")]
    gateway = SlackGateway(settings.slack_bot_token, settings.slack_api_url)
    try:
        token = await _bot_token(gateway, settings)
        if token.state == "failed" and not gateway.team:
            return [token]
        return [
            token,
            await _way_in(gateway, settings),
            *[await _channel(gateway, *each) for each in _channels(settings)],
            *await _staff(gateway, settings),
        ]
    finally:
        await gateway.close()


async def _bot_token(gateway: SlackGateway, settings: Settings) -> Finding:
    name = "SLACK_BOT_TOKEN"
    try:
        answer = await gateway.client.auth_test()
        await gateway.identify()
    except SlackApiError as fault:
        return failed(name, f"Slack says {_word(fault)}; install the app again and take its new token")
    granted = {each.strip() for each in answer.headers.get("x-oauth-scopes", "").split(",")}
    apart = settings.slack_alert_channel != settings.slack_staff_channel
    wanted = scopes(support_channels=bool(settings.slack_support_channels), alert_channel=apart)
    if lacking := [each for each in wanted if each not in granted]:
        what = f"the app lacks {', '.join(lacking)}; update it with slack manifest and install it again"
        return failed(name, what)
    what = f"{answer['user']} in {answer['team']}, with every scope that is needed"
    return ok(name, f"{what}; a token of this kind does not expire")


async def _way_in(gateway: SlackGateway, settings: Settings) -> Finding:
    if not settings.slack_app_token:
        return note("SLACK_SIGNING_SECRET", "is known to be right once Slack has called /slack/events")
    try:
        await gateway.client.apps_connections_open(app_token=settings.slack_app_token)
    except SlackApiError as fault:
        what = f"Slack says {_word(fault)}; make an app-level token with the scope connections:write"
        return failed("SLACK_APP_TOKEN", what)
    return ok("SLACK_APP_TOKEN", "opens Socket Mode")


def _channels(settings: Settings) -> Iterator[tuple[str, str, bool]]:
    yield "SLACK_STAFF_CHANNEL", settings.slack_staff_channel, True
    if settings.slack_alert_channel != settings.slack_staff_channel:
        yield "SLACK_ALERT_CHANNEL", settings.slack_alert_channel, False
    for channel in settings.slack_support_channels:
        yield "SLACK_SUPPORT_CHANNELS", channel, False


async def _channel(gateway: SlackGateway, name: str, channel: str, private: bool) -> Finding:
    try:
        answer = await gateway.client.conversations_info(channel=channel)
    except SlackApiError as fault:
        return failed(name, f"{channel}: Slack says {_word(fault)}; a private channel must have the app in it")
    told: _Channel = answer["channel"]
    broken = [why for is_broken, why in _ANY_CHANNEL if is_broken(told)]
    if broken := broken + (exposures(told) if private else []):
        return failed(name, f"{channel} {', and '.join(broken)}")
    return ok(name, f"#{told.get('name') or channel}")


async def _staff(gateway: SlackGateway, settings: Settings) -> list[Finding]:
    """Each member that does not count, and whether enough are left."""
    found: list[Finding] = []
    acting: set[str] = set()
    for member in settings.slack_staff:
        people, fault = await _people(gateway, member)
        acting |= people
        if fault:
            found.append(failed("SLACK_STAFF", f"{member} {fault}"))
    if settings.four_eyes and len(acting) < 2:
        found.append(
            failed("FOUR_EYES", f"needs two people, and {len(acting)} can act; add staff, or set it to none")
        )
    return found or [ok("SLACK_STAFF", f"{len(acting)} can act")]


async def _people(gateway: SlackGateway, member: str) -> tuple[set[str], str]:
    """Who may act by this entry of SLACK_STAFF, and why it is wrong, if it is."""
    try:
        if member.startswith("S"):
            named = await gateway.group(member)
            return set(named), "" if named else "is a group without members; add some, or take it out"
        person = await gateway.person(member)
    except SlackApiError as fault:
        return set(), f"is not found: Slack says {_word(fault)}; take the id from the profile, under More"
    if person.active and person.team == gateway.team:
        return {member}, ""
    return set(), "is no active, full member of this workspace; take it out"


def _word(fault: SlackApiError) -> str:
    return str(fault.response.get("error") or fault.response.status_code)
