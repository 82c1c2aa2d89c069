"""Methods about the token, the team and its people."""

from bot.demo.slack.errors import SlackError
from bot.demo.slack.methods.call import Call, Method, page
from bot.demo.slack.payloads import DOMAIN, user_json
from bot.demo.slack.schema import Json
from bot.demo.slack.workspace import APP, BOT, BOT_USER, TEAM


def api_test(call: Call) -> Json:
    if "error" in call.arguments.sent:
        raise SlackError(call.arguments.text("error"), args=call.arguments.sent)
    return {"args": call.arguments.sent}


def auth_test(call: Call) -> Json:
    user = call.workspace.users[BOT_USER]
    told: Json = {"url": f"https://{DOMAIN}.slack.com/", "team": "Demo", "team_id": TEAM}
    return told | {"user": user.handle, "user_id": BOT_USER, "bot_id": BOT, "is_enterprise_install": False}


def connections_open(call: Call) -> Json:
    return {"url": call.open_socket()}


def team_info(call: Call) -> Json:
    return {"team": {"id": TEAM, "name": "Demo", "domain": DOMAIN, "email_domain": ""}}


def bots_info(call: Call) -> Json:
    if call.arguments.text("bot", BOT) != BOT:
        raise SlackError("bot_not_found")
    name = call.workspace.users[BOT_USER].name
    return {"bot": {"id": BOT, "app_id": APP, "user_id": BOT_USER, "name": name, "deleted": False}}


def users_info(call: Call) -> Json:
    return {"user": user_json(call.user(), with_email="users:read.email" in call.scopes)}


def users_list(call: Call) -> Json:
    with_email = "users:read.email" in call.scopes
    members = [user_json(user, with_email=with_email) for user in call.workspace.users.values()]
    return page(call, "members", members, default=1000)


def users_lookup_by_email(call: Call) -> Json:
    wanted = call.arguments.text("email").lower()
    for user in call.workspace.users.values():
        if user.team == TEAM and not user.deleted and user.email.lower() == wanted:
            return {"user": user_json(user, with_email=True)}
    raise SlackError("users_not_found")


def usergroups_users_list(call: Call) -> Json:
    group = call.workspace.groups.get(call.arguments.text("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    users = call.workspace.users
    active = [user for user in group.members if user in users and not users[user].deleted]
    return {"users": list(group.members) if call.arguments.flag("include_disabled") else active}


METHODS = {
    "api.test": Method(api_test, caller="any"),
    "auth.test": Method(auth_test),
    "apps.connections.open": Method(connections_open, caller="app"),
    "team.info": Method(team_info, "team:read"),
    "bots.info": Method(bots_info, "users:read"),
    "users.info": Method(users_info, "users:read"),
    "users.list": Method(users_list, "users:read"),
    "users.lookupByEmail": Method(users_lookup_by_email, "users:read.email"),
    "usergroups.users.list": Method(usergroups_users_list, "usergroups:read"),
}
