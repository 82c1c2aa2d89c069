"""Methods that show forms and home tabs."""

from bot.demo.slack.blockkit import check_view
from bot.demo.slack.errors import SlackError, rejected
from bot.demo.slack.methods.call import Call, Method
from bot.demo.slack.modals import Modals, View
from bot.demo.slack.payloads import view_json
from bot.demo.slack.schema import Json, fault


def open_view(call: Call) -> Json:
    trigger_id, content = call.arguments.text("trigger_id"), _content(call, "modal")
    return _answer(call.workspace.modals.open(trigger_id, content))


def push(call: Call) -> Json:
    trigger_id, content = call.arguments.text("trigger_id"), _content(call, "modal")
    return _answer(call.workspace.modals.push(trigger_id, content))


def update(call: Call) -> Json:
    view_id, external_id = call.arguments.text("view_id", ""), call.arguments.text("external_id", "")
    if not (view_id or external_id):
        raise rejected("invalid_arguments", [fault("missing required field: view_id", "/view_id")])
    modals = call.workspace.modals
    view = modals.find(view_id=view_id, external_id=external_id)
    if view is None:
        raise SlackError("not_found")
    if call.arguments.text("hash", view.hash) != view.hash:
        raise SlackError("hash_conflict")
    return _answer(modals.update(view, _content(call, view.content["type"], replacing=view)))


def publish(call: Call) -> Json:
    user, modals = call.user("user_id"), call.workspace.modals
    home = modals.homes.get(user.id)
    if home and call.arguments.text("hash", home.hash) != home.hash:
        raise SlackError("hash_conflict")
    return _answer(modals.publish(user.id, _content(call, "home", replacing=home)))


def checked(modals: Modals, content: object, kind: str, replacing: View | None = None) -> Json:
    """A view's content as Slack takes it; SlackError `invalid_arguments` or `duplicate_external_id`."""
    if faults := check_view(content, kind=kind):
        raise rejected("invalid_arguments", faults)
    if not isinstance(content, dict):
        raise TypeError("a view without faults is an object")
    holder = modals.find(external_id=content.get("external_id", ""))
    if holder is not None and holder is not replacing:
        raise SlackError("duplicate_external_id")
    return content


def _content(call: Call, kind: str, replacing: View | None = None) -> Json:
    return checked(call.workspace.modals, call.arguments.structure("view"), kind, replacing)


def _answer(view: View) -> Json:
    return {"view": view_json(view)}


METHODS = {
    "views.open": Method(open_view),
    "views.push": Method(push),
    "views.update": Method(update),
    "views.publish": Method(publish),
}
