"""The command that sets a desk up: asks, tries each answer for real, writes `.env`, and checks the whole."""

import asyncio
import base64
import json
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import typer

from bot.cli.asking import (
    ask,
    ask_one_of,
    ask_required,
    ask_secret,
    ask_setting,
    ask_whether,
    setting_fault,
)
from bot.cli.envfile import write_settings
from bot.cli.output import plain, write
from bot.cli.providers import OWN, PROVIDERS, Provider, provider, provider_of
from bot.settings import Settings, SettingsFault
from bot.settings.sources import variables
from bot.settings.values import KEY_BYTES

if TYPE_CHECKING:
    from bot.checks import Finding

Answers = dict[str, str]
_SLACK = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_STAFF_CHANNEL", "SLACK_STAFF")

Trial = Callable[[Settings], Awaitable[Sequence["Finding"]]]

_SLACK_STEPS = """
The desk needs an app of its own in your workspace:
  1. Open https://api.slack.com/apps, Create New App, From a manifest, and paste what stands below.
  2. Install it to the workspace. OAuth & Permissions then shows the bot token (xoxb-…).
  3. Basic Information, App-Level Tokens: make one with the scope connections:write (xapp-…).
  4. Make a private channel for staff and /invite the app. Its id (C…) stands at the end of the channel's details.
  5. The id of each member of staff (U…) stands in their profile, under More.
"""


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(init)


def init() -> None:
    """Set up a desk: ask for what is needed, try each answer for real, write .env, and check."""
    path = Path.cwd() / ".env"
    if path.exists() and not ask_whether(
        f"There is a {path.name} already. Set it up anew from there?", default=False
    ):
        write("Nothing was changed.")
        return
    before = variables({}, Path.cwd())
    answers = dict(before)
    for step in (_house, _mail, _slack, _web, _keys):
        step(answers)
    write_settings(path, answers)
    write(f"\nWritten to {path.name}, which only you can read. Now everything together:\n")
    from bot.cli.desk import check

    check(json_=False)
    write("\nAll set: python -m bot run")


def _house(answers: Answers) -> None:
    for name, question in (
        ("ORGANISATION", "Your organisation, as letters say it"),
        ("PRIVACY_ADDRESS", "The address that people write to"),
    ):
        answers[name] = ask_required(name, question, answers.get(name, ""))
    zone = answers.get("TIMEZONE", "UTC")
    answers["TIMEZONE"] = ask_setting("TIMEZONE", "The time zone of your office", zone)
    regions = answers.get("HOLIDAYS", "")
    answers["HOLIDAYS"] = ask_setting(
        "HOLIDAYS", "Its country or region, for holidays (DE-BE, FR), or empty", regions
    )


def _mail(answers: Answers) -> None:
    """Mailbox first, then the post, which mostly takes the same login."""
    address = answers["PRIVACY_ADDRESS"]
    domain = address.rpartition("@")[2]
    chosen = ask_one_of("Who runs your mail?", (*PROVIDERS, OWN), provider_of(domain))
    known = provider(chosen, domain)
    write(f"  {known.hint} See docs/providers.md.")
    login = ("", "")
    for kind in ("IMAP", "SMTP"):
        while True:
            login = _server(answers, kind, known, (login[0] or address, login[1]))
            if _works(answers, (f"{kind}_URL", f"{kind}_TOKEN_COMMAND"), _TRIALS[kind]):
                break


def _server(answers: Answers, kind: str, known: Provider, login: tuple[str, str]) -> tuple[str, str]:
    """Fills in the URL, and the token command where the password is left empty."""
    name, default = f"{kind}_URL", known.imap if kind == "IMAP" else known.smtp
    while True:
        place = ask(f"{kind} server, a URL such as this or a host", default)
        user, password = _login(answers, kind, login)
        url = _url(place, default.partition("://")[0], user, password)
        fault = setting_fault(name, url)
        if not fault:
            break
        write(f"  {fault}")
    by_token = user and not password
    answers[name] = url
    answers[f"{kind}_TOKEN_COMMAND"] = _token_command(kind, answers) if by_token else ""
    return user, password


def _login(answers: Answers, kind: str, before: tuple[str, str]) -> tuple[str, str]:
    """User and password; without a user there is no login, which only a server for outgoing mail may allow."""
    user = ask(f"{kind} user" if kind == "IMAP" else "SMTP user, or - where it wants no login", before[0])
    if user == "-" and kind == "SMTP":
        return "", ""
    same = kind == "SMTP" and bool(before[1])
    password = ask_secret(f"{kind} password (empty: {'as for the mailbox' if same else 'by access token'})")
    return user, password or (before[1] if same else "")


def _token_command(kind: str, answers: Mapping[str, str]) -> str:
    name = f"{kind}_TOKEN_COMMAND"
    default = answers.get(name) or answers.get("IMAP_TOKEN_COMMAND", "")
    return ask_required(name, "Command that prints an access token", default)


def _url(place: str, scheme: str, user: str, password: str) -> str:
    scheme, rest = place.split("://", 1) if "://" in place else (scheme, place)
    secret = f":{quote(password, safe='')}" if password else ""
    return f"{scheme}://{quote(user, safe='')}{secret}@{rest}" if user else f"{scheme}://{rest}"


def _slack(answers: Answers) -> None:
    """Who says no after a yes of before takes the tokens out again."""
    if not ask_whether("Do staff work in Slack? (Else with commands.)", default="SLACK_BOT_TOKEN" in answers):
        answers.update(dict.fromkeys(_SLACK, ""))
        return
    from bot.adapters.manifest import manifest

    write(_SLACK_STEPS)
    write(
        json.dumps(manifest(answers["ORGANISATION"], None, support_channels=False), indent=2, ensure_ascii=False)
    )
    four_eyes = answers.get("FOUR_EYES", "")
    while True:
        for name, question, secret in (
            ("SLACK_BOT_TOKEN", "Bot token (xoxb-…)", True),
            ("SLACK_APP_TOKEN", "App-level token (xapp-…)", True),
            ("SLACK_STAFF_CHANNEL", "Id of the staff channel (C…)", False),
            ("SLACK_STAFF", "Ids of those who may act, comma separated (U…)", False),
        ):
            answers[name] = ask_setting(name, question, answers.get(name, ""), secret=secret)
        alone = "," not in answers["SLACK_STAFF"] and not answers["SLACK_STAFF"].startswith("S")
        question = "One person alone: may they approve what they wrote?"
        answers["FOUR_EYES"] = "none" if alone and ask_whether(question, default=False) else four_eyes
        if _works(answers, (*_SLACK, "FOUR_EYES", "SLACK_API_URL"), _try_slack):
            return


def _web(answers: Answers) -> None:
    question = "URL at which the desk is reached from outside, or empty (letters then carry a code and no link)"
    answers["PUBLIC_URL"] = ask_setting("PUBLIC_URL", question, answers.get("PUBLIC_URL", ""))


def _keys(answers: Answers) -> None:
    """Keys that have sealed something stay; else new ones."""
    if answers.get("SECRET_KEYS") or (Path.cwd() / "var" / "secret.keys").exists():
        write("  The keys that are there are kept.")
        return
    answers["SECRET_KEYS"] = base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()
    write("  Made SECRET_KEYS. Keep a copy apart from the backups: without it nothing that is stored can be read.")


def _works(answers: Answers, names: Sequence[str], trial: Trial) -> bool:
    """Whether to go on: the answers work, or whoever answers wants to mend them later."""
    from bot.checks import tried

    write(f"  Trying {names[0].removesuffix('_URL').removesuffix('_BOT_TOKEN')} …")
    given = {name: text for name, text in answers.items() if text}
    try:
        settings = Settings.load(given, only=(*names, "ORGANISATION"))
    except SettingsFault as fault:
        lines: Sequence[str] = fault.lines
    else:
        findings = asyncio.run(tried(names[0], lambda: trial(settings), 20.0))
        for each in findings:
            write(f"  {each.state}: {plain(each.what)}")
        if not any(each.state == "failed" for each in findings):
            return True
        lines = ()
    for line in lines:
        write(f"  {line}")
    return not ask_whether("That did not work. Answer again?", default=True)


async def _try_mailbox(settings: Settings) -> "Sequence[Finding]":
    from bot.checks import mail

    return await mail.mailbox(settings.imap[0], settings.imap_since)


async def _try_post(settings: Settings) -> "Sequence[Finding]":
    from bot.checks import mail

    return await mail.post(settings.smtp)


async def _try_slack(settings: Settings) -> "Sequence[Finding]":
    from bot.checks import slack

    return await slack.slack(settings)


_TRIALS: Mapping[str, Trial] = {"IMAP": _try_mailbox, "SMTP": _try_post}
