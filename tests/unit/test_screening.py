"""Screening: what may be answered, and what is only listened to."""

import pytest

from bot.domain.mail import Mail, parse_mail
from bot.domain.screening import RULES, Desk, Treatment, screen

DESK = Desk(frozenset({"privacy@desk.example", "datenschutz@desk.example"}), "mx.desk.example")
REPORT = "Content-Type: multipart/report; report-type={}; boundary=b"


def mail(*headers: str, sender: str = "ann@x.example", body: str = "Delete my data.") -> Mail:
    return parse_mail("\r\n".join([f"From: {sender}", *headers, "", body]).encode())


def treatment(*headers: str, sender: str = "ann@x.example", body: str = "Delete my data.") -> Treatment:
    return screen(mail(*headers, sender=sender, body=body), DESK).treatment


def test_a_person_is_answered() -> None:
    verdict = screen(mail("To: privacy@desk.example", "Return-Path: <ann@x.example>"), DESK)
    assert (verdict.treatment, verdict.hits) == (Treatment.ANSWER, ())


@pytest.mark.parametrize(
    ("hit", "header"),
    [
        ("auto_reply", "Auto-Submitted: auto-replied"),
        ("auto_reply", "Auto-Submitted: auto-generated"),
        ("auto_reply", "X-Autoreply: yes"),
        ("auto_reply", "Precedence: auto_reply"),
        ("list", "List-Id: Friends <friends.lists.example>"),
        ("list", "Precedence: bulk"),
        ("null_path", "Return-Path: <>"),
        ("wants_no_response", "X-Auto-Response-Suppress: DR, OOF, AutoReply"),
    ],
)
def test_t16_t19_what_no_person_sent_is_only_listened_to(hit: str, header: str) -> None:
    verdict = screen(mail(header), DESK)
    assert verdict.treatment is Treatment.LISTEN
    assert hit in verdict.hits


@pytest.mark.parametrize(
    "sender",
    [
        "no-reply@slack.example",
        "noreply@x.example",
        "do-not-reply@x.example",
        "bounces+17@x.example",
        "x-noreply@x.example",
        "news.bounce@x.example",
        "newsletter@x.example",
    ],
)
def test_t10_t19_an_address_that_nobody_reads_gets_no_answer(sender: str) -> None:
    verdict = screen(mail(sender=sender), DESK)
    assert (verdict.treatment, verdict.hits) == (Treatment.LISTEN, ("machine",))


@pytest.mark.parametrize("sender", ["rootes@x.example", "norep@x.example", "ann.bouncer@x.example"])
def test_people_whose_names_look_like_machines_are_people(sender: str) -> None:
    assert treatment(sender=sender) is Treatment.ANSWER


@pytest.mark.parametrize(
    "headers",
    [
        ("List-Id: <privacy.desk.example>",),
        ("List-Id: Privacy <team.groups.desk.example>", "Precedence: list"),
        ("List-Post: <mailto:privacy@desk.example>", "List-Unsubscribe: <https://groups.example/u>"),
        ("Mailing-list: list privacy@desk.example; contact privacy+owners@desk.example", "Precedence: list"),
    ],
)
def test_a_group_of_our_own_is_no_list(headers: tuple[str, ...]) -> None:
    assert treatment(*headers) is Treatment.ANSWER


def test_a_list_that_only_resembles_ours_is_a_list() -> None:
    assert treatment("List-Id: <privacy.notdesk.example>") is Treatment.LISTEN


def test_t17_bounces_and_complaints_are_notes() -> None:
    assert treatment(REPORT.format("delivery-status"), sender="MAILER-DAEMON@mx.example") is Treatment.NOTE
    assert treatment(REPORT.format("feedback-report")) is Treatment.NOTE
    assert treatment(sender="MAILER-DAEMON <>") is Treatment.NOTE


def test_an_automatic_reply_to_our_mail_is_a_note() -> None:
    headers = ("Auto-Submitted: auto-replied", "In-Reply-To: <pr-1.a.b@desk.example>")
    verdict = screen(mail(*headers), DESK)
    assert (verdict.treatment, verdict.hits) == (Treatment.NOTE, ("auto_reply_to_us", "auto_reply"))


@pytest.mark.parametrize("sender", ["privacy@desk.example", "Privacy@desk.example", "privacy+pr-x@desk.example"])
def test_t19_our_own_mail_is_known_by_its_mark_and_never_by_its_sender(sender: str) -> None:
    own = mail(sender=sender)
    assert screen(own, DESK, ours=True).treatment is Treatment.OURS
    verdict = screen(own, DESK)
    assert (verdict.treatment, verdict.hits) == (Treatment.LISTEN, ("own_address",))


@pytest.mark.parametrize("sender", ["a@v.example <b@evil.example>", "a@x.example, b@x.example", "<>", "(" * 1000])
def test_t22_t26_an_ambiguous_sender_is_quarantined_with_its_reason(sender: str) -> None:
    verdict = screen(mail(sender=sender), DESK)
    assert verdict.treatment is Treatment.QUARANTINE
    assert "From line is ambiguous" in verdict.reason


def test_t38_what_was_not_taken_apart_is_quarantined_with_its_reason() -> None:
    many = parse_mail(b"a: b\n" * 2_000 + b"\nx")
    verdict = screen(many, DESK)
    assert verdict.treatment is Treatment.QUARANTINE
    assert verdict.reason == "It could not be taken apart safely: it has more than 1000 header fields."


def test_t39_a_mail_that_was_not_fetched_whole_is_for_a_person() -> None:
    verdict = screen(mail(), DESK, complete=False)
    assert (verdict.treatment, verdict.hits) == (Treatment.LISTEN, ("too_large",))


def test_t40_an_encrypted_mail_is_for_a_person() -> None:
    assert treatment(body="-----BEGIN PGP MESSAGE-----") is Treatment.LISTEN


FORWARD = "---------- Forwarded message ---------\nFrom: rosa@x.example\nSubject: data\n\nSend me a copy."


def test_a_colleague_who_passes_a_letter_on_is_no_requester() -> None:
    assert treatment(sender="kim@desk.example", body=FORWARD) is Treatment.LISTEN
    assert treatment(sender="kim@x.example", body=FORWARD) is Treatment.ANSWER


def test_a_form_is_only_listened_to() -> None:
    body = "Name: Milo\nEmail: milo@x.example\nMessage: delete me"
    assert treatment("Reply-To: milo@x.example", sender="shop@host.example", body=body) is Treatment.LISTEN


def test_every_rule_has_a_name_of_its_own_and_a_sentence() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert all(rule.reason.endswith(".") for rule in RULES)


def test_a_forged_sender_is_listened_to_and_gets_nothing() -> None:
    verdict = screen(mail("Authentication-Results: mx.desk.example; dmarc=fail header.from=x.example"), DESK)
    assert (verdict.treatment, verdict.hits) == (Treatment.LISTEN, ("dmarc_fail",))
