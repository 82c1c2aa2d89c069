"""The directory of accounts, wherever the operator keeps it: a file, a table of their own, or a service.

Whatever a source answers is held once more against what was asked for, so that one that searches loosely finds
no more than one that does not.
"""

from bot.adapters.accounts.directory import Directory, DirectoryDown

__all__ = ["Directory", "DirectoryDown", "directory"]


def directory(url: str, secret: bytes) -> Directory | None:
    """The directory of an ACCOUNTS_URL; None where there is none. Nothing is opened or asked yet.

    ``secret`` signs what is asked of an `https://` one; empty: nothing is signed.
    """
    kind, _, rest = url.partition(":")
    if kind == "csv":
        from bot.adapters.accounts.csv_file import CsvDirectory

        return CsvDirectory(rest)
    if kind == "sql":
        from bot.adapters.accounts.sql_view import SqlDirectory

        place, _, view = rest.rpartition("#")
        return SqlDirectory(place, view)
    if kind in ("http", "https"):
        from bot.adapters.accounts.web_service import WebDirectory

        return WebDirectory(url, secret)
    return None
