"""The web side: where it listens, and whether it is reached from outside."""

import asyncio
from collections.abc import Sequence

import aiohttp

from bot.adapters.clamd import Clamd, ScannerFault
from bot.checks.finding import Finding, failed, not_set, note, ok
from bot.settings import Settings

_TIMEOUT = aiohttp.ClientTimeout(total=3)


async def port(settings: Settings) -> Sequence[Finding]:
    """Listens for a moment; a port that is taken by a desk is fine."""
    where = f"{settings.host}:{settings.port}"
    try:
        server = await asyncio.start_server(lambda _reader, writer: writer.close(), settings.host, settings.port)
    except OSError as fault:
        if await _is_alive(f"http://{where}"):
            return [ok("PORT", f"a desk listens on {where} already")]
        return [failed("PORT", f"cannot listen on {where}: {fault.strerror}; set another HOST or PORT")]
    server.close()
    await server.wait_closed()
    return [ok("PORT", f"{where} is free")]


async def public_url(settings: Settings) -> Sequence[Finding]:
    if not settings.public_url:
        return [not_set("PUBLIC_URL", "letters carry a code and no link")]
    if await _is_alive(settings.public_url):
        return [ok("PUBLIC_URL", f"{settings.public_url} leads to a desk")]
    return [note("PUBLIC_URL", f"{settings.public_url} does not answer now; try again while the desk runs")]


async def scanner(settings: Settings) -> Sequence[Finding]:
    if not settings.clamd_socket:
        return [not_set("CLAMD_SOCKET", "exports are not looked at for viruses")]
    try:
        await Clamd(settings.clamd_socket).ping()
    except ScannerFault as fault:
        return [failed("CLAMD_SOCKET", f"{fault}; no export is taken until it does")]
    return [ok("CLAMD_SOCKET", "the virus scanner answers")]


async def _is_alive(url: str) -> bool:
    """Whether a desk answers there."""
    try:
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as session, session.get(f"{url}/healthz") as answer:
            return answer.status == 200 and (await answer.content.read(16)).strip() == b"ok"
    except (aiohttp.ClientError, TimeoutError, OSError):
        return False
