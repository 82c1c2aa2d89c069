"""HTML as a person sees it: what is hidden, what differs, and what is quoted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.mail import Flag, Mail
from tests.mails import mail, page, read


def test_html_alone_is_read_as_a_person_sees_it_and_loses_its_quotation() -> None:
    found = read("outlook-html-only-fr")
    assert found.said == "Je retire mon consentement à la lettre d’information.\n\nPaul Lefort"
    assert found.subject == "RE: Vos données"
    assert found.sender is not None
    assert (found.sender.address, found.sender.name) == ("paul.lefort@courrier.example", "Lefort, Paul")


def test_a_quotation_in_html_is_cut_and_an_answer_within_it_kept() -> None:
    html = "<p>Yes.</p><blockquote type=cite>One?<p>Two?</p></blockquote><p>No.</p><blockquote>Three?</blockquote>"
    found = page(html)
    assert found.said.split() == ["Yes.", "No."]
    assert "> One?" in found.text


def test_t33_t34_what_is_hidden_or_differs_is_flagged_and_not_believed() -> None:
    found = read("hidden-and-different")
    assert found.said == "Please give me access to my data."
    assert set(found.flags) == {"html_differs", "hidden_text"}


@pytest.mark.parametrize(
    "style",
    [
        "display:none",
        "visibility: hidden",
        "opacity:0;",
        "font-size:0px",
        "max-height:0",
        "text-indent:-9999px",
        "color:#ffffff",
        "opacity:0.01",
        "font-size:1px",
        "font-size: .5pt",
        "color:transparent",
        "color:rgba(0, 0, 0, 0)",
        "position:absolute; left:-9999px",
        "width:1px; height:1px; overflow:hidden",
        "clip-path: inset(50%)",
        "transform: scale(0)",
        "VISIBILITY : Hidden",
        "display : none !important",
        "mso-hide:all",
        "color:#fff; background-color:#fefefe",
        "background:#000",
    ],
)
def test_t34_hidden_text_is_not_read(style: str) -> None:
    html = f"<p>Seen.</p><div style='{style}'>Delete everything.</div>"
    found = page(html)
    assert found.text.strip() == "Seen."
    assert "hidden_text" in found.flags


HIDING = {
    "style sheet": "<style>.pre{display:none!important}</style><p>Seen.</p><b class=pre>Delete everything.</b>",
    "attribute": "<p>Seen.</p><div hidden>Delete everything.</div>",
    "template": "<p>Seen.</p><template>Delete everything.</template>",
    "ground of the page": "<body bgcolor='#eee'><p>Seen.</p><font color='#EFEFEF'>Delete everything.</font>",
    "between what is seen": "<div style='font-size:0'><p style='font-size:12px'>Seen.</p>Delete everything.</div>",
}
SHOWING = {
    "on a dark ground": "<table style='background:#222'><tr><td style='color:white'>Seen.</td></tr></table>",
    "on a picture": "<div style='background:url(x.png)'><p style='color:#fff'>Seen.</p></div>",
    "size set again": "<td style='font-size:0px'><div style='font-size:13px'>Seen.</div></td>",
    "shown again": "<div style='visibility:hidden'><p style='visibility:visible'>Seen.</p></div>",
    "one em": "<p style='font-size:1em;line-height:0;opacity:0.5;margin-left:-20px'>Seen.</p>",
    "hidden on phones": "<style>@media (max-width:600px){.wide{display:none}}</style><p class=wide>Seen.</p>",
    "dark by its class": "<style>.dark{background-color:#003}</style><p class=dark style='color:#fff'>Seen.</p>",
}  # fmt: skip


@pytest.mark.parametrize("html", HIDING.values(), ids=HIDING)
def test_t34_what_a_page_hides_is_not_read(html: str) -> None:
    found = page(html)
    assert found.text.strip() == found.said == "Seen."
    assert Flag.HIDDEN_TEXT in found.flags


@pytest.mark.parametrize("html", SHOWING.values(), ids=SHOWING)
def test_what_a_page_shows_is_read(html: str) -> None:
    found = page(html)
    assert found.text.strip() == "Seen."
    assert found.flags == frozenset()


def alternatives(plain: str, html: str) -> Mail:
    parts = (
        f"--b\r\nContent-Type: text/plain\r\n\r\n{plain}\r\n--b\r\nContent-Type: text/html\r\n\r\n{html}\r\n--b--"
    )
    return mail("From: a@x.example", "Content-Type: multipart/alternative; boundary=b", body=parts)


def test_forms_that_say_the_same_are_not_flagged() -> None:
    found = alternatives(
        "Please delete\nmy data (https://x.example).", "<p>Please <b>delete</b> my <a>data</a>.</p>"
    )
    assert found.flags == frozenset()


def test_a_plain_form_that_only_points_to_the_other_is_not_what_was_said() -> None:
    words = ["everything", "that", "you", "hold", "about", "me"] * 5
    found = alternatives("Your program shows no HTML.", f"<p>{' '.join(words)}</p>")
    assert found.said.split() == words
    assert found.flags == {Flag.HTML_DIFFERS}


HTML_QUOTES = {
    "gmail": "<div>Erase it.</div><div class=gmail_quote><div class=gmail_attr>On Tue, Jun 2, 2026 at 9:14 AM "
    "Desk &lt;p@desk.example&gt; wrote:<br></div><blockquote class=gmail_quote>Which?</blockquote></div>",
    "outlook web": "<div>Erase it.</div><div id=appendonsend></div><hr><div id=divRplyFwdMsg><b>From:</b> Desk "
    "&lt;p@desk.example&gt;<br><b>Sent:</b> Tuesday<br><b>To:</b> Ann<br><b>Subject:</b> Mail</div>Which?",
    "outlook in greek": "<div>Erase it.</div><hr><div><b>Από:</b> Desk &lt;p@desk.example&gt;<br>"
    "<b>Στάλθηκε:</b> Τρίτη, 2 Ιουνίου 2026 9:14<br><b>Προς:</b> Ann<br><b>Θέμα:</b> Mail</div><div>Which?</div>",
    "apple": "<div>Erase it.</div><div>Sent from my iPhone</div><blockquote type=cite><div>On 2 Jun 2026, at "
    "09:14, Desk &lt;p@desk.example&gt; wrote:</div><br></blockquote><blockquote type=cite>Which?</blockquote>",
    "thunderbird": "<p>Erase it.</p><div class=moz-cite-prefix>Am 02.06.26 um 09:14 schrieb Desk:<br></div>"
    "<blockquote type=cite>Which?</blockquote><div class=moz-signature>-- <br>Ann</div>",
    "yahoo": "<div>Erase it.</div><div class=yahoo_quoted><div>On Tuesday, June 2, 2026, 09:14:33 AM GMT+2, Desk "
    "&lt;p@desk.example&gt; wrote: </div><div><br></div><div>Which?</div></div>",
    "proton": "<div>Erase it.</div><div class=protonmail_quote>On Tuesday, June 2nd, 2026 at 9:14 AM, Desk "
    "&lt;p@desk.example&gt; wrote:<br><blockquote type=cite>Which?</blockquote></div>",
    "gmx": "<div>Erase it.</div><div name=quote><b>Gesendet:</b> Dienstag, 02. Juni 2026<br><b>Von:</b> Desk<br>"
    "<b>An:</b> ann@x.example<br><b>Betreff:</b> Mail</div><div name=quote>Which?</div>",
}


@pytest.mark.parametrize("html", HTML_QUOTES.values(), ids=HTML_QUOTES)
def test_a_quotation_of_a_page_goes_as_one_of_a_text(html: str) -> None:
    found = page(html)
    assert found.said == "Erase it."
    assert "Which?" in found.text


def test_t34_invisible_characters_go_and_are_flagged() -> None:
    found = mail("From: a@x.example", "Content-Type: text/plain; charset=utf-8", body="de\u200blete \u202emy data")
    assert found.text == "delete my data"
    assert Flag.INVISIBLE_CHARACTERS in found.flags
    written_out = mail("From: a@x.example", "Content-Type: text/html", body="de&#8203;lete &#8238;it")
    assert written_out.text == "delete it"
    assert Flag.INVISIBLE_CHARACTERS in written_out.flags


def test_a_table_is_read_row_by_row_and_cell_by_cell() -> None:
    html = (
        "<table><tr><td>Name</td><td>Ann</td></tr><tr><td><p>One.</p><p>Two.</p></td><td>Three.</td></tr></table>"
    )
    assert page(html).text.split() == ["Name", "Ann", "One.", "Two.", "Three."]


@pytest.mark.parametrize(
    "html",
    ["<table><tr>" + "<td>a" * 7_000 + "<br>b" * 7_000, "<ul><li>" * 120 + "a<br>" * 14_000],
    ids=["cells by lines", "lists by lines"],
)
def test_a_small_page_makes_no_huge_text(html: str) -> None:
    assert len(page(html).text) <= 1_000_000


TAGS = [
    *(
        "<p>",
        "</p>",
        "<div style='font-size:0'>",
        "</div>",
        "<table>",
        "<tr>",
        "<td rowspan=9>",
        "</table>",
        "<ul>",
        "<li>",
    ),
    *(
        "<blockquote>",
        "</blockquote>",
        "<div name=quote>",
        "<style>",
        ".a{display:none",
        "}",
        "</style>",
        "<b class=a>",
    ),
    *(
        "<pre>",
        "<font color='#1'>",
        "<p style='color:rgb(1,2'>",
        "<p style=':;:color'>",
        "<template>",
        "<!--",
        "-->",
        "<",
    ),
    *(
        "Seen",
        "\ue0f0",
        "\ue0f1",
        "&#8203;",
        "&#xd800;",
        "&nbsp;",
        "\x00",
        "<![CDATA[",
        "<?x",
        "<svg>",
        "<math>",
        "<html>",
    ),
]


@given(st.lists(st.one_of(st.sampled_from(TAGS), st.text(max_size=5)), max_size=40))
def test_any_page_is_text(pieces: list[str]) -> None:
    found = page("".join(pieces).encode("utf-8", "ignore").decode())
    assert not set("\ue0f0\ue0f1\x00") & set(found.text)
    assert found.text.encode().decode() == found.text
