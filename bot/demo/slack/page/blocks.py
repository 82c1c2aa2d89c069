"""Block Kit as HTML: one function for each type of block, element and part of a rich text, found in a table."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from bot.demo.slack.elements import VALUE_KEY, initial
from bot.demo.slack.page.markup import Names, mrkdwn, plain, text
from bot.demo.slack.schema import Json


@dataclass(frozen=True, slots=True)
class Screen:
    """What is needed beside the blocks: names, and of a view what stands in its inputs and is wrong with them."""

    names: Names = field(default_factory=dict)
    filled: Mapping[tuple[str, str], Json] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


Drawn = Callable[[Json, Screen], str]


def blocks(shown: Iterable[Json], screen: Screen) -> str:
    """Blocks from top to bottom. KeyError for a type that Slack has and the desk does not use."""
    return "".join(BLOCKS[each["type"]](each, screen) for each in shown)


def _section(block: Json, screen: Screen) -> str:
    fields = "".join(f"<div>{text(each, screen.names)}</div>" for each in block.get("fields", ()))
    said = f'<div class="text">{text(block["text"], screen.names)}</div>' if "text" in block else ""
    said += f'<div class="fields">{fields}</div>' if fields else ""
    beside = (
        f'<div class="accessory">{_element(block["accessory"], block, screen)}</div>'
        if "accessory" in block
        else ""
    )
    return f'<div class="section"><div>{said}</div>{beside}</div>'


def _header(block: Json, screen: Screen) -> str:
    return f"<h3>{plain(block['text'])}</h3>"


def _divider(block: Json, screen: Screen) -> str:
    return "<hr>"


def _context(block: Json, screen: Screen) -> str:
    parts = (_alt(each) if each["type"] == "image" else text(each, screen.names) for each in block["elements"])
    return f'<div class="context">{"".join(f"<div>{each}</div>" for each in parts)}</div>'


def _actions(block: Json, screen: Screen) -> str:
    return f'<div class="actions">{"".join(_element(each, block, screen) for each in block["elements"])}</div>'


def _input(block: Json, screen: Screen) -> str:
    optional = ' <span class="optional">(optional)</span>' if block.get("optional") else ""
    label = f'<span class="label">{plain(block["label"])}{optional}</span>'
    wrong = screen.errors.get(block.get("block_id", ""))
    error = f'<div class="error" role="alert">{escape(wrong)}</div>' if wrong else ""
    hint = f'<div class="hint">{plain(block["hint"])}</div>' if "hint" in block else ""
    return (
        f'<div class="input"><label>{label}{_element(block["element"], block, screen)}</label>{error}{hint}</div>'
    )


def _image(block: Json, screen: Screen) -> str:
    return f'<div class="image">{_alt(block)}</div>'


def _markdown(block: Json, screen: Screen) -> str:
    """As it was written: its markup is not Slack's own."""
    return f'<div class="text"><pre>{escape(block["text"])}</pre></div>'


def _rich_text(block: Json, screen: Screen) -> str:
    return f'<div class="rich">{"".join(RICH[each["type"]](each, screen) for each in block["elements"])}</div>'


def _alt(image: Json) -> str:
    """Pictures are told of and never fetched."""
    return f'<span class="alt">[{escape(image["alt_text"])}]</span>'


BLOCKS: Mapping[str, Drawn] = {
    "section": _section,
    "header": _header,
    "divider": _divider,
    "context": _context,
    "actions": _actions,
    "input": _input,
    "image": _image,
    "markdown": _markdown,
    "rich_text": _rich_text,
}

# Rich text


def _run(part: Json, screen: Screen) -> str:
    shown = {
        "text": lambda: escape(part["text"]),
        "link": lambda: f'<span class="link">{escape(part.get("text") or part["url"])}</span>',
        "emoji": lambda: plain({"text": f":{part['name']}:"}),
        "user": lambda: _mention(f"<@{part['user_id']}>", screen),
        "channel": lambda: _mention(f"<#{part['channel_id']}>", screen),
    }[part["type"]]()
    for style, tag in (("bold", "b"), ("italic", "i"), ("strike", "s"), ("code", "code")):
        if part.get("style", {}).get(style):
            shown = f"<{tag}>{shown}</{tag}>"
    return shown


def _mention(source: str, screen: Screen) -> str:
    return f'<span class="inline">{mrkdwn(source, screen.names)}</span>'


def _runs(part: Json, screen: Screen) -> str:
    return "".join(_run(each, screen) for each in part["elements"])


def _rich_list(part: Json, screen: Screen) -> str:
    tag = "ol" if part["style"] == "ordered" else "ul"
    return f"<{tag}>{''.join(f'<li>{_runs(each, screen)}</li>' for each in part['elements'])}</{tag}>"


RICH: Mapping[str, Drawn] = {
    "rich_text_section": lambda part, screen: f'<div class="run">{_runs(part, screen)}</div>',
    "rich_text_quote": lambda part, screen: f'<blockquote class="run">{_runs(part, screen)}</blockquote>',
    "rich_text_preformatted": lambda part, screen: f"<pre>{_runs(part, screen)}</pre>",
    "rich_text_list": _rich_list,
}

# Elements


def _element(element: Json, block: Json, screen: Screen) -> str:
    if element["type"] == "image":
        return _alt(element)
    if element["type"] in ("button", "overflow"):
        return {"button": _button, "overflow": _overflow}[element["type"]](element)
    place = (block.get("block_id", ""), element.get("action_id", ""))
    standing = screen.filled.get(place) or initial(element)
    return FIELDS[element["type"]](element, standing[VALUE_KEY[element["type"]]], screen)


def _named(element: Json) -> str:
    """The attributes by which a page finds the element again."""
    value = f' data-value="{escape(element["value"])}"' if element.get("value") else ""
    return f'data-action="{escape(element.get("action_id", ""))}"{value}'


def _button(element: Json) -> str:
    asks = element.get("confirm")
    title = _asked(asks) if asks else ""
    style = f"button {element.get('style', '')}".strip()
    return f'<button type="button" class="{style}" {_named(element)}{title}>{plain(element["text"])}</button>'


def _asked(asks: Json) -> str:
    """What is asked before a press counts, for a script to ask."""
    words = {"asks": f"{asks['title']['text']} {asks['text']['text']}"}
    words |= {"yes": asks["confirm"]["text"], "no": asks["deny"]["text"]}
    return "".join(f' data-{name}="{escape(said)}"' for name, said in words.items())


def _overflow(element: Json) -> str:
    offered = "".join(_button({**each, "action_id": element.get("action_id", "")}) for each in element["options"])
    return (
        f'<details class="overflow"><summary aria-label="More">&#8943;</summary><menu>{offered}</menu></details>'
    )


def _offered(element: Json) -> Iterable[tuple[str, list[Json]]]:
    yield "", element.get("options", [])
    for group in element.get("option_groups", ()):
        yield group["label"]["text"], group["options"]


def _select(element: Json, standing: Json | list[Json] | None, screen: Screen) -> str:
    several = isinstance(standing, list)
    chosen = {
        each["value"] for each in (standing if isinstance(standing, list) else [standing] if standing else [])
    }
    found = (
        [] if several or chosen else [f'<option value="">{escape(_asks(element, "Select an option"))}</option>']
    )
    for label, options in _offered(element):
        drawn = "".join(_option(_label(each), each["value"], each["value"] in chosen) for each in options)
        found.append(f'<optgroup label="{escape(label)}">{drawn}</optgroup>' if label else drawn)
    return _menu(element, found, several=several)


def _people(element: Json, standing: str | list[str] | None, screen: Screen) -> str:
    """People or channels to choose from, by name."""
    several = isinstance(standing, list)
    chosen = standing if isinstance(standing, list) else [standing] if standing else []
    letters = "UW" if "user" in element["type"] else "CG"
    known = {key: name for key, name in screen.names.items() if key[:1] in letters}
    found = [] if several or chosen else [f'<option value="">{escape(_asks(element, "Select"))}</option>']
    found += [_option(name, key, key in chosen) for key, name in {**dict.fromkeys(chosen, ""), **known}.items()]
    return _menu(element, found, several=several)


def _asks(element: Json, otherwise: str) -> str:
    return str(element.get("placeholder", {}).get("text", otherwise))


def _label(option: Json) -> str:
    """What it is called, and what stands below it."""
    told = option.get("description")
    return f"{option['text']['text']}: {told['text']}" if told else str(option["text"]["text"])


def _option(label: str, value: str, chosen: bool) -> str:
    return f'<option value="{escape(value)}"{" selected" if chosen else ""}>{escape(label or value)}</option>'


def _menu(element: Json, options: list[str], *, several: bool) -> str:
    drawn = "".join(options)
    many = f' multiple size="{min(drawn.count("<option"), 6)}"' if several else ""
    return f"<select {_named(element)}{many}>{drawn}</select>"


def _ticks(element: Json, standing: Json | list[Json] | None, screen: Screen) -> str:
    kind = "radio" if element["type"] == "radio_buttons" else "checkbox"
    chosen = standing if isinstance(standing, list) else [standing]
    return "".join(
        f'<span class="tick"><input type="{kind}" {_ticked(element, each)}{" checked" if each in chosen else ""}>'
        f"{text(each['text'], screen.names)}{_described(each, screen)}</span>"
        for each in element["options"]
    )


def _ticked(element: Json, option: Json) -> str:
    return f'{_named(element)} name="{escape(element.get("action_id", ""))}" value="{escape(option["value"])}"'


def _described(option: Json, screen: Screen) -> str:
    told = option.get("description")
    return f'<span class="hint">{text(told, screen.names)}</span>' if told else ""


def _typed(element: Json, standing: str | int | None, screen: Screen) -> str:
    value, asks = str(standing or ""), escape(_asks(element, ""))
    if element.get("multiline"):
        rows = min(max(value.count("\n") + len(value) // 70 + 1, 4), 24)
        return f'<textarea rows="{rows}" placeholder="{asks}" {_named(element)}>{escape(value)}</textarea>'
    kind = _HTML.get(element["type"], "text")
    return f'<input type="{kind}" value="{escape(value)}" placeholder="{asks}" {_named(element)}>'


_HTML = {"email_text_input": "email", "url_text_input": "url", "number_input": "number"} | {
    "datepicker": "date",
    "timepicker": "time",
}
FIELDS: Mapping[str, Callable[[Json, Any, Screen], str]] = {
    **dict.fromkeys(("static_select", "multi_static_select"), _select),
    **dict.fromkeys(("users_select", "multi_users_select", "channels_select"), _people),
    **dict.fromkeys(("conversations_select", "multi_conversations_select"), _people),
    **dict.fromkeys(("checkboxes", "radio_buttons"), _ticks),
    **dict.fromkeys(("plain_text_input", "email_text_input", "url_text_input", "number_input"), _typed),
    **dict.fromkeys(("datepicker", "timepicker", "datetimepicker"), _typed),
}
