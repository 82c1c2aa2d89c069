"""A small application with a database of its own, and its connector to the desk: an example to begin with.

Its connector listens to `task.requested`, does what it can by itself, and leaves the rest to people.
"""

import asyncio
import csv
import hmac
import io
import json
import sqlite3
import time
import zipfile
from hashlib import sha256
from typing import Any

import aiohttp
from aiohttp import web

TABLES = {"account": "identity", "membership": "workspace", "invoice": "billing", "conversation": "support"}
ERASED = {"identity", "workspace", "support"}
KEPT_BY = "retention-and-deletion/billing-records-retained"
SCHEMA = """
CREATE TABLE account (id INTEGER PRIMARY KEY, email TEXT UNIQUE, name TEXT);
CREATE TABLE membership (account_id INTEGER, workspace TEXT, role TEXT);
CREATE TABLE invoice (account_id INTEGER, day TEXT, amount TEXT);
CREATE TABLE conversation (account_id INTEGER, text TEXT);
"""


class Cloud:
    """The application; ``secret`` is what the desk's `connectors` command prints."""

    def __init__(self, path: str, secret: str) -> None:
        self.database = sqlite3.connect(path)
        self.database.executescript(SCHEMA)
        self._secret = secret
        self._seen: set[str] = set()
        self._accounts: dict[str, int] = {}  # the first task erases the address
        self._working: set[asyncio.Task[None]] = set()
        self.refused = 0

    def add(self, email: str, name: str) -> int:
        added = self.database.execute("INSERT INTO account (email, name) VALUES (?, ?)", (email, name))
        account = added.lastrowid
        assert account is not None
        for table, row in (
            ("membership", (account, "Linden", "owner")),
            ("invoice", (account, "2026-01-31", "12.00")),
            ("conversation", (account, "The export button is grey.")),
        ):
            self.database.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
        self.database.commit()
        return account

    def account(self, email: str) -> int:
        """0 where nobody has this address."""
        found = self.database.execute("SELECT id FROM account WHERE email = ?", (email,)).fetchone()
        return self._accounts.setdefault(email, found[0]) if found else self._accounts.get(email, 0)

    def rows(self, table: str, email: str) -> list[dict[str, Any]]:
        """What a table holds on the person with this address."""
        where = "email = ?" if table == "account" else "account_id = ?"
        which = email if table == "account" else self.account(email)
        found = self.database.execute(f"SELECT * FROM {table} WHERE {where}", (which,))
        return [dict(zip((each[0] for each in found.description), row, strict=True)) for row in found]

    # ---- the connector

    def application(self) -> web.Application:
        app = web.Application()
        app.add_routes([web.post("/privacy", self._hear)])
        return app

    async def _hear(self, request: web.Request) -> web.Response:
        raw = await request.read()
        if not self._is_desks(request.headers.get("X-Privacy-Desk-Signature", ""), raw):
            self.refused += 1
            return web.Response(status=403)
        event = json.loads(raw)
        if event["type"] != "task.requested" or not self._can(event["task"]):
            return web.Response(status=204)
        if event["id"] not in self._seen:  # the desk tells of it at least once
            self._seen.add(event["id"])
            work = asyncio.create_task(self._do(event))
            self._working.add(work)
            work.add_done_callback(self._working.discard)
        return web.Response(status=202)

    def _is_desks(self, signature: str, raw: bytes) -> bool:
        at, _, mac = signature.removeprefix("t=").partition(",v1=")
        if not at.isdigit() or abs(time.time() - int(at)) > 300:
            return False
        right = hmac.new(self._secret.encode(), f"{at}.".encode() + raw, sha256).hexdigest()
        return hmac.compare_digest(mac.encode(), right.encode())

    def _can(self, task: dict[str, Any]) -> bool:
        """What is wrong, only a person can read in the letter."""
        return task["code"] in TABLES.values() and task["request_type"] in ("access", "portability", "deletion")

    async def _do(self, event: dict[str, Any]) -> None:
        task, email, url = event["task"], event["requester"]["address"], event["callback_url"]
        async with aiohttp.ClientSession(raise_for_status=True) as session:
            if task["request_type"] == "deletion":
                answer = self._erase(task["code"], email)
            else:
                answer = {"result": "done", "note": "In the export."}
                if task["code"] == "identity":  # one file for all of it
                    await session.post(f"{url}/file?name=export.zip", data=self._export(email))
            await session.post(url, json=answer)

    def _erase(self, code: str, email: str) -> dict[str, str]:
        table = next(name for name, each in TABLES.items() if each == code)
        if code not in ERASED:
            return {"result": "kept", "statement": KEPT_BY, "note": "The tax office asks for it for ten years."}
        account = (self.account(email),)
        if table == "account":  # what is kept points at it, and it names nobody any more
            done = self.database.execute("UPDATE account SET email = NULL, name = NULL WHERE id = ?", account)
        else:
            done = self.database.execute(f"DELETE FROM {table} WHERE account_id = ?", account)
        self.database.commit()
        return {"result": "done" if done.rowcount else "nothing_found"}

    def _export(self, email: str) -> bytes:
        """Each table as JSON and as CSV."""
        kept = io.BytesIO()
        with zipfile.ZipFile(kept, "w") as archive:
            archive.writestr("data.json", json.dumps({table: self.rows(table, email) for table in TABLES}))
            for table in TABLES:
                text, rows = io.StringIO(), self.rows(table, email)
                writer = csv.DictWriter(text, rows[0] if rows else ())
                writer.writeheader()
                writer.writerows(rows)
                archive.writestr(f"{table}.csv", text.getvalue())
        return kept.getvalue()
