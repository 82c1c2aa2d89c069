"""Before a letter can be handed over: which server is trusted, and the login, by password or by access token."""

import asyncio
import ssl
from collections.abc import Iterator
from pathlib import Path

from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPException

from bot.adapters.tokens import AccessToken, TokenFault
from bot.settings.endpoints import SmtpServer


class SmtpLogin:
    """The login of one server; an access token is kept from one connection to the next."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        command = server.token_command
        self._tokens = AccessToken("SMTP_TOKEN_COMMAND", command) if command else None

    async def log_in(self, client: SMTP) -> None:
        """Without a user there is nothing to do. Raises SMTPException."""
        if self._tokens:
            await _by_token(client, self._server.user, self._tokens)
        elif self._server.user:
            await client.login(self._server.user, self._server.password)


async def _by_token(client: SMTP, user: str, tokens: AccessToken) -> None:
    """AUTH XOAUTH2; a token that is refused for good is tried once more as a new one."""
    if "xoauth2" not in client.server_auth_methods:
        raise SMTPException("the mail server offers no login by access token (XOAUTH2)")
    tries = tokens.tries()
    while token := await asyncio.to_thread(_next, tries):
        try:
            await client.auth_xoauth2(user, token)
        except SMTPAuthenticationError as refusal:
            if refusal.code // 100 != 5:
                raise
        else:
            tokens.accepted(token)
            return
    raise SMTPException("the mail server does not accept the access token for this user")


def _next(tries: Iterator[str]) -> str:
    """The next token to try; empty where there is none."""
    try:
        return next(tries, "")
    except TokenFault as fault:
        raise SMTPException(str(fault)) from None


def trusting(ca: Path | None) -> ssl.SSLContext:
    """The authorities of this machine, or those in the file alone. Raises SMTPException."""
    try:
        return ssl.create_default_context(cafile=str(ca) if ca else None)
    except OSError:
        raise SMTPException(f"the file of the authority, {ca}, is not a readable certificate") from None
