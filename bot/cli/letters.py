"""The command that says what a language still lacks."""

from typing import Annotated

import typer

from bot.cli.output import Failure, misuse, plain, write
from bot.settings import Settings

READ = ("CUSTOM_DIR", "POLICY_PATH")


def register(app: typer.Typer) -> None:
    """Adds this command."""
    app.command()(letters)


def letters(
    language: Annotated[str, typer.Argument(metavar="LANGUAGE", help="Two letters, for example sv.")],
    book: Annotated[bool, typer.Option("--book", help="Print its phrase book, whole, to fill in.")] = False,
) -> None:
    """Say what a language lacks of what the desk writes; exit 1 where anything does."""
    from bot.adapters import chat
    from bot.adapters.phrasing import phrase_book
    from bot.adapters.rendering import FALLBACK
    from bot.checks.languages import missing
    from bot.domain.lawpack import LawPack
    from bot.domain.phrases import phrases
    from bot.opening import letter_folders, read_published

    if len(language) != 2 or not language.isascii() or not language.islower():
        raise misuse("a language is two small letters, for example sv")
    settings = Settings.load(only=READ)
    folders = letter_folders(settings)
    of_laws = phrases(language, read_published(settings.policy_path), LawPack.load(settings.laws_path))
    wanted = () if language == FALLBACK else (*of_laws, *chat.PHRASES)
    if book:
        typer.echo(phrase_book(language, folders, wanted), nl=False)
        return
    lines = list(missing(language, folders, wanted))
    for line in lines:
        write(plain(line))
    if lines:
        raise Failure(f"{language} lacks {len(lines)} of what English has")
    write(f"{language} has all that English has.")
