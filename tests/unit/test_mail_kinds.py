"""The kinds of mail: bounces with who and why, automatic replies, complaints, lists, and people."""

import pytest

from bot.domain.vocabulary import MailKind
from tests.mails import mail, read, table

SUBJECTS = table("subjects")


def test_a_delivery_report_says_who_was_not_reached_and_why() -> None:
    found = read("dsn-user-unknown")
    assert found.kind is MailKind.BOUNCE
    report = found.hints.report
    assert report.failed_recipients == ("gone@post.example",)
    assert (report.status, report.reason) == ("5.1.1", "smtp; 550 5.1.1 nobody of that name here")
    assert report.original_ids == ("pr-7k2m9qxa.n.m@desk.example",)
    assert found.return_path == ""


def test_a_bounce_that_follows_no_standard_is_known_by_its_habits() -> None:
    found = read("bounce-without-standard")
    assert found.kind is MailKind.BOUNCE
    assert found.hints.report.failed_recipients == ("gone@old.example",)
    assert found.hints.report.original_ids == ("pr-7k2m9qxa.n.m@desk.example",)


def test_a_complaint_report_names_its_type_and_the_mail_it_is_about() -> None:
    found = read("arf-complaint")
    assert found.kind is MailKind.SPAM_REPORT
    assert found.hints.report.feedback_type == "abuse"
    assert found.hints.report.original_recipient == "angry@provider.example"
    assert found.hints.report.original_ids == ("pr-7k2m9qxa.n.m@desk.example",)


def test_an_absence_note_is_automatic_and_its_quoted_code_is_not_said() -> None:
    found = read("out-of-office-quoting-code")
    assert found.kind is MailKind.AUTO_REPLY
    assert "48213377" not in found.said


@pytest.mark.parametrize("subject", SUBJECTS["automatic"])
def test_answering_machines_are_known_by_their_subject(subject: str) -> None:
    assert mail("From: a@x.example", f"Subject: {subject}", body="Thanks.").kind is MailKind.AUTO_REPLY


@pytest.mark.parametrize("subject", SUBJECTS["bounces"])
def test_a_subject_makes_a_bounce_of_what_wants_no_answer(subject: str) -> None:
    headers = ("From: a@x.example", f"Subject: {subject}")
    assert mail("Return-Path: <>", *headers, body="Hello.").kind is MailKind.BOUNCE
    assert mail("Return-Path: <a@x.example>", *headers, body="Hello.").kind is not MailKind.BOUNCE


@pytest.mark.parametrize("body", ["Where is it?", "I am out of the office until Monday. Delete my data."])
@pytest.mark.parametrize("subject", SUBJECTS["people"])
def test_what_people_write_above_their_mails_makes_no_machine_of_them(subject: str, body: str) -> None:
    assert mail("From: a@x.example", f"Subject: {subject}", body=body).kind is MailKind.MESSAGE


BOUNCES = {
    "postfix": (
        "I'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients.\n\n"
        "<gone@old.example>: host mx.old.example said: 550 5.1.1\n    <gone@old.example>: User unknown\n"
        "\nFor help, write to postmaster@desk.example",
        "<gone@old.example>: host mx.old.example said: 550 5.1.1 <gone@old.example>: User unknown",
    ),
    "qmail": (
        "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message.\n\n"
        "<gone@old.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n",
        "Sorry, no mailbox here by that name. (#5.1.1)",
    ),
    "exim": (
        "A message that you sent could not be delivered to one or more of its recipients.\n\n  gone@old.example\n"
        "    SMTP error from remote mail server after RCPT TO:<gone@old.example>:\n    552 5.2.2 Mailbox full\n",
        "552 5.2.2 Mailbox full",
    ),
    "exchange de": (
        "Diese Nachricht wurde nicht zugestellt.\n\ngone@old.example\nDie Adresse ist dort unbekannt.\n",
        "Die Adresse ist dort unbekannt.",
    ),
    "notes": ("Your message\n\n  Subject: Data\n\nwas not delivered to:\n\n  gone@old.example\n\nbecause:\n\n"
              "  User gone not listed in Directory\n", "User gone not listed in Directory"),
    "provider": ("Your message could not be delivered to\ngone@old.example\n", ""),
}  # fmt: skip


@pytest.mark.parametrize(("body", "reason"), BOUNCES.values(), ids=BOUNCES)
def test_a_bounce_in_words_says_who_was_not_reached_and_why(body: str, reason: str) -> None:
    found = mail("From: postmaster@x.example", "Subject: Undeliverable: Data", body=body)
    assert found.kind is MailKind.BOUNCE
    assert found.hints.report.failed_recipients == ("gone@old.example",)
    assert found.hints.report.reason == reason


def test_a_server_is_known_by_its_first_words_under_a_subject_that_is_a_reply() -> None:
    body = "Your message could not be delivered to\ngone@old.example\n"
    assert mail("From: a@x.example", "Subject: Re: Data", body=body).kind is MailKind.BOUNCE
    body = "My message could not be delivered to\nhelp@desk.example\n"
    assert mail("From: a@x.example", "Subject: Re: Data", body=body).kind is MailKind.MESSAGE


@pytest.mark.parametrize("value", ["", "no", "False"])
def test_a_mark_of_answering_machines_that_says_no_is_none(value: str) -> None:
    assert mail("From: a@x.example", f"X-Autoreply: {value}").kind is MailKind.MESSAGE
    assert mail("From: a@x.example", "X-Autoreply: yes").kind is MailKind.AUTO_REPLY


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Delivery failed again", "My parcel never came. Delete my account."),
        ("Re: Undelivered Mail Returned to Sender", "550 5.1.1 user unknown is what I get. Where do I write to?"),
        ("Out of office supplies?", "Where is my order of paper?"),
        ("Automatic decisions about me", "I object to them."),
        ("My request", "I am out of the office until Monday, so use this address. Delete my data."),
        ("System administrator wanted", "Please find attached my application."),
    ],
)
def test_people_who_write_of_bounces_and_absence_are_people(subject: str, body: str) -> None:
    assert mail("From: a@x.example", f"Subject: {subject}", body=body).kind is MailKind.MESSAGE


def test_a_person_who_says_no_to_auto_submitted_is_a_person() -> None:
    assert mail("From: a@x.example", "Auto-Submitted: no").kind is MailKind.MESSAGE


def test_a_newsletter_is_a_list() -> None:
    assert mail("From: a@x.example", "List-Unsubscribe: <https://x.example/u>").kind is MailKind.LIST
    assert mail("From: a@x.example", "Precedence: bulk").kind is MailKind.LIST
