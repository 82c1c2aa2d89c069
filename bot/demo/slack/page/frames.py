"""What stands around the blocks: a message with its author, a thread, a modal, an App Home, a page."""

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from string import Template

from bot.demo.slack.modals import View
from bot.demo.slack.page.blocks import Screen, blocks
from bot.demo.slack.page.markup import Names, mrkdwn, plain
from bot.demo.slack.workspace import Message, Workspace

_PAGE = Path(__file__).with_name("page.html")
STYLE = Path(__file__).with_name("style.css").read_text("utf-8")


def message(said: Message, workspace: Workspace) -> str:
    """A message as it stands, with who said it and when (UTC)."""
    author, names = workspace.users[said.user], names_of(workspace)
    body = blocks(said.blocks, Screen(names)) if said.blocks else mrkdwn(said.text, names)
    files = "".join(f'<span class="file">{escape(each)}</span>' for each in said.files)
    alone = '<div class="alone">Only visible to you</div>' if said.ephemeral_to else ""
    badge = '<span class="badge">APP</span>' if author.bot else ""
    at = datetime.fromtimestamp(float(said.ts), UTC)
    head = f"<b>{escape(author.name)}</b>{badge}<time>{at:%H:%M}</time>"
    kind = "desk" if author.bot else "person"
    face = f'<div class="face {kind}" aria-hidden="true">{escape(author.name[:1].upper())}</div>'
    words = f'<div class="said">{alone}<div class="by">{head}</div>{body}{files}</div>'
    place = f'data-channel="{escape(said.channel)}" data-ts="{escape(said.ts)}"'
    return f'<article class="message" {place}>{face}{words}</article>'


def thread(messages: Sequence[Message], workspace: Workspace) -> str:
    """A message and its replies."""
    first, *replies = (message(each, workspace) for each in messages)
    many = (
        f'<div class="replies">{len(replies)} {"reply" if len(replies) == 1 else "replies"}</div>'
        if replies
        else ""
    )
    return f'<section class="thread">{first}{many}{"".join(replies)}</section>'


def modal(view: View, workspace: Workspace) -> str:
    """A modal with what stands in its inputs."""
    content = view.content
    close = plain(content["close"]) if "close" in content else "Cancel"
    submit = (
        f'<button type="button" class="button primary" data-modal="submit">{plain(content["submit"])}</button>'
        if "submit" in content
        else ""
    )
    dismiss = f'<button type="button" class="button" data-modal="close">{close}</button>'
    foot = f"<footer>{dismiss}{submit}</footer>"
    title = f"<h2>{plain(content['title'])}</h2>"
    name = escape(content["title"]["text"])
    return (
        f'<section class="modal" role="dialog" aria-label="{name}">{title}{_body(view, workspace)}{foot}</section>'
    )


def home(view: View, workspace: Workspace) -> str:
    """An App Home."""
    return f'<section class="home">{_body(view, workspace)}</section>'


def page(title: str, body: str) -> str:
    """A whole page that needs nothing from anywhere else."""
    return Template(_PAGE.read_text("utf-8")).substitute(title=escape(title), body=body, style=STYLE)


def names_of(workspace: Workspace) -> Names:
    people = {each.id: each.name for each in workspace.users.values()}
    return people | {each.id: each.name for each in workspace.channels.values()}


def _body(view: View, workspace: Workspace) -> str:
    screen = Screen(names_of(workspace), view.filled, view.errors)
    return f'<div class="body">{blocks(view.blocks, screen)}</div>'
