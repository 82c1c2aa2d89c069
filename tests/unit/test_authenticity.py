"""Whose word about a sender counts, and for what (RFC 8601, RFC 7489)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.authenticity import UNNAMED, Authentication, authenticate, parse_results
from bot.domain.mail import parse_mail

OURS = "mx.desk.example"
ADDRESSES = frozenset({"privacy@desk.example"})
PASS, FAIL = "dmarc=pass header.from=x.example", "dmarc=fail header.from=x.example"
GMAIL = (
    "mx.google.com;\r\n       dkim=pass header.i=@x.example header.s=s1 header.b=AbC+/x=;\r\n"
    "       spf=pass (google.com: domain of ann@x.example designates 192.0.2.7 as permitted sender)"
    " smtp.mailfrom=ann@x.example;\r\n       dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=x.example"
)
MICROSOFT = (
    "spf=pass (sender IP is 192.0.2.7)\r\n smtp.mailfrom=x.example; dkim=pass (signature was verified)\r\n"
    " header.d=x.example;dmarc=pass action=none\r\n header.from=x.example;compauth=pass reason=100"
)


def found(
    *results: str,
    trusted: str | None = OURS,
    sender: str = "ann@x.example",
    to: str = "privacy@desk.example",
    more: str = "",
) -> Authentication:
    headers = "".join(f"Authentication-Results: {result}\r\n" for result in results)
    raw = f"{headers}{more}From: {sender}\r\nTo: {to}\r\n\r\nDelete my data."
    return authenticate(parse_mail(raw.encode()), trusted, ADDRESSES)


def dmarc(*results: str, trusted: str | None = OURS, **facts: str) -> str:
    return found(*results, trusted=trusted, **facts).dmarc


def test_our_servers_word_counts() -> None:
    assert dmarc(f"{OURS}; spf=pass; dmarc=pass (p=reject) header.from=x.example") == "pass"
    assert dmarc(f"{OURS.upper()} 1; {FAIL}") == "fail"
    assert dmarc(f"{OURS}; none") == "none"
    assert dmarc(f"{OURS}; dmarc=temperror header.from=x.example") == "none"
    assert dmarc(f"{OURS}; dmarc=bestguesspass header.from=x.example") == "none"


def test_gmails_form_is_read() -> None:
    assert found(GMAIL, trusted="mx.google.com") == Authentication(
        "pass",
        "DMARC passed for the sender's domain. SPF passed for the sender's domain. "
        "DKIM passed for the sender's domain.",
        spf="aligned",
        dkim="aligned",
    )


def test_microsofts_form_counts_where_the_operator_says_so() -> None:
    result = found(MICROSOFT, trusted=UNNAMED)
    assert (result.dmarc, result.spf, result.dkim) == ("pass", "aligned", "aligned")
    assert (
        dmarc(MICROSOFT.replace("dmarc=pass action=none", "dmarc=fail action=quarantine"), trusted=UNNAMED)
        == "fail"
    )


def test_t31_nobody_is_trusted_unless_we_say_whom() -> None:
    assert dmarc(f"{OURS}; {PASS}", trusted=None) == "none"


def test_t31_only_the_topmost_header_with_our_id_counts() -> None:
    assert dmarc(f"{OURS}; {FAIL}", f"{OURS}; {PASS}") == "fail"
    assert dmarc(f"elsewhere.example; {PASS}") == "none"
    assert dmarc(f"elsewhere.example; {PASS}", f"{OURS}; {FAIL}") == "fail"
    assert dmarc(f"{OURS}; none", f"{OURS}; {PASS}") == "none"


def test_t31_a_header_without_an_id_is_nobodys() -> None:
    assert dmarc(MICROSOFT) == "none"


@pytest.mark.parametrize(
    "headers",
    [
        (f"{UNNAMED}; {PASS}",),
        (f"{OURS}; none", MICROSOFT),
        (f"{UNNAMED}; {PASS}", MICROSOFT),
        ("", MICROSOFT),
        ("(", MICROSOFT),
    ],
    ids=["it names itself", "it is not the topmost", "both", "an empty one above", "a broken one above"],
)
def test_t31_without_an_id_only_the_topmost_of_all_counts(headers: tuple[str, ...]) -> None:
    assert dmarc(*headers, trusted=UNNAMED) == "none"


@pytest.mark.parametrize(
    "result",
    [
        f"spf=none ({PASS})",
        "spf=none (((((((dmarc=pass; dmarc=pass",
        f"spf=none (a) b) ; {PASS}",
        'spf=pass smtp.mailfrom="a; dmarc=pass header.from=x.example; "@evil.example',
        'spf=pass smtp.mailfrom="a ; dmarc=pass header.from=x.example',
        "spf=none reason=dmarc=pass",
        'dmarc=pass reason="for header.from=x.example"',
        f"{PASS}; spf=none (a server's comment; dmarc=fail",
        f'spf=none reason="{PASS}"',
        "dmarc=pass",
        "dmarc=pass reason=header.from=x.example",
        f"{PASS}; dmarc=none header.from=x.example",
        "dmarc=pass header.from=evil.example; dmarc=pass header.from=x.example",
    ],
)
def test_t31_a_comment_a_string_and_what_contradicts_itself_is_no_pass(result: str) -> None:
    assert dmarc(f"{OURS}; {result}") == "none"


@pytest.mark.parametrize(
    "value",
    [
        f"{OURS} (dmarc=pass; x); {FAIL}",
        f"{OURS}; spf=none (it's \"odd); {FAIL}",
        f"{OURS}; spf=none (a \\) b); {FAIL}",
        f"{OURS}; {PASS}; {FAIL}",
        f"{OURS}; DMARC / 1 = Fail (p=none) policy.dmarc=none header . from = x.example",
        f'"{OURS}" (me) 1; dmarc=fail header.from="x.example"',
    ],
)
def test_a_failure_is_found_however_it_is_written(value: str) -> None:
    assert dmarc(value) == "fail"


@pytest.mark.parametrize(
    "value",
    [
        "(",
        ")",
        '"',
        "a b c; dmarc=pass",
        "",
        ";",
        f"{OURS} 2; {PASS}",
        "(" * 40_000,
        f"{OURS}; {PASS};{' ' * 40_000}",
    ],
)
def test_a_malformed_header_says_nothing(value: str) -> None:
    assert parse_results(value) == (None, ())


@given(st.text(alphabet='()";=\\ .-/ab1\n', max_size=60))
def test_whatever_a_header_holds_its_results_have_names(value: str) -> None:
    _, results = parse_results(value)
    assert all(each.method and each.verdict for each in results)


@given(st.text(max_size=40))
def test_t31_what_a_sender_chose_never_makes_a_pass(chosen: str) -> None:
    inside = chosen.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    assert dmarc(f"{OURS}; spf=none ({inside}) x; dmarc=none") == "none"


def test_t32_a_pass_for_another_domain_is_none() -> None:
    assert dmarc(f"{OURS}; dmarc=pass header.from=evil.example") == "none"
    result = found(f"{OURS}; dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=b@evil.example")
    assert (result.dmarc, result.dkim, result.spf) == ("none", "other", "other")
    assert "DKIM passed, but for another domain than the sender's." in result.said


@pytest.mark.parametrize("other", ["notx.example", "x.example.evil.example", "example", "xx.example", ""])
def test_t32_a_domain_that_only_resembles_the_senders_is_another(other: str) -> None:
    assert dmarc(f"{OURS}; dmarc=pass header.from={other}") == "none"
    assert found(f"{OURS}; dkim=pass header.d={other}").dkim in ("other",)


def test_a_pass_for_the_parent_domain_counts_and_for_a_child_does_not() -> None:
    assert dmarc(f"{OURS}; {PASS}", sender="ann@mail.x.example") == "pass"
    assert dmarc(f"{OURS}; dmarc=pass header.from=mail.x.example") == "none"


def test_of_several_signatures_one_that_is_aligned_is_enough() -> None:
    several = "dkim=fail header.d=x.example; dkim=pass header.d=list.example; dkim=pass header.i=@mail.x.example"
    assert found(f"{OURS}; {several}").dkim == "aligned"
    assert found(f"{OURS}; dkim=fail header.d=x.example; spf=softfail smtp.mailfrom=x.example").dkim == "fail"


def signed(tags: str) -> str:
    return f"DKIM-Signature: v=1; {tags}; bh=xx; b=yy\r\n"


WHOLE, SHORT = signed("d=x.example; h=from:to:subject"), signed("d=x.example; h=from:to; l=120")
BY_SIGNATURE = f"{OURS}; dkim=pass header.d=x.example; {PASS}"


@pytest.mark.parametrize(
    ("more", "to", "counts"),
    [
        (WHOLE, "privacy@desk.example", True),
        (WHOLE, "Us <Privacy@desk.example>, ann@x.example", True),
        (WHOLE, "sales@other.example", False),
        (SHORT, "privacy@desk.example", False),
        (SHORT + WHOLE, "privacy@desk.example", False),
        (signed("d=x.example; h=from:subject"), "privacy@desk.example", False),
        (signed("d=list.example; h=from; l=1") + WHOLE, "privacy@desk.example", True),
    ],
    ids=[
        "whole",
        "to us among others",
        "old mail to others",
        "l=",
        "l= beside another",
        "To not signed",
        "others' l=",
    ],
)
def test_t32_a_signature_counts_only_for_all_that_is_read_and_sent_to_us(more: str, to: str, counts: bool) -> None:
    assert dmarc(BY_SIGNATURE, more=more, to=to) == ("pass" if counts else "none")
    from_its_server = f"{OURS}; spf=pass smtp.mailfrom=x.example; {PASS}"
    assert dmarc(from_its_server, more=more, to=to) == "pass", "the sender's own server brought it"


def test_arc_is_noted_and_never_believed() -> None:
    arc = f"ARC-Authentication-Results: i=1; {OURS}; {PASS}\r\n"
    alone, failed = found(more=arc), found(f"{OURS}; {FAIL}", more=arc)
    assert (alone.dmarc, alone.arc, failed.dmarc) == ("none", True, "fail")
    assert "(ARC), which is not relied upon" in failed.said


def test_what_staff_read_holds_nothing_that_a_sender_chose() -> None:
    result = found(f"{OURS}; dkim=pass header.d=call-me-now.example; {FAIL}", sender="ann@x.example")
    assert result.said == (
        "DMARC failed: the sender's domain did not send it. DKIM passed, but for another domain than the sender's."
    )


def test_nobody_is_vouched_for_where_the_sender_is_open() -> None:
    assert dmarc(f"{OURS}; {PASS}", sender="ann@x.example, bob@y.example") == "none"
