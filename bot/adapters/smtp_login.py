"""Logging in to the server that takes outgoing mail: by password, or by access token."""

import asyncio

from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPException

from bot.adapters.tokens import AccessToken
from bot.settings.endpoints import SmtpServer


async def log_in(client: SMTP, server: SmtpServer, tokens: AccessToken | None) -> None:
    """Without a user there is nothing to do. Raises SMTPException and TokenFault."""
    if tokens:
        await _by_token(client, server.user, tokens)
    elif server.user:
        await client.login(server.user, server.password)


async def _by_token(client: SMTP, user: str, tokens: AccessToken) -> None:
    """AUTH XOAUTH2; a token that is refused for good is tried once more as a new one."""
    if "xoauth2" not in client.server_auth_methods:
        raise SMTPException("the mail server offers no login by access token (XOAUTH2)")
    tries = tokens.tries()
    while token := await asyncio.to_thread(next, tries, ""):
        try:
            await client.auth_xoauth2(user, token)
        except SMTPAuthenticationError as refusal:
            if refusal.code // 100 != 5:
                raise
        else:
            tokens.accepted(token)
            return
    raise SMTPException("the mail server does not accept the access token for this user")
