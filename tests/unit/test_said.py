"""What was really said: the habits of mail programs in the languages that they speak."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.said import what_was_said

NEW = "Please erase all of it.\n\nThank you."
OLD = "We have your request.\nPlease send us the code."
MARKED = "\n".join(f"> {line}" for line in OLD.split("\n"))

ATTRIBUTIONS = {
    "en gmail": "On Tue, Jun 2, 2026 at 9:14 AM Desk <privacy@desk.example> wrote:",
    "en wrapped": "On Tue, Jun 2, 2026 at 9:14 AM The Privacy Desk of Example\n<privacy@desk.example>\nwrote:",
    "en apple": "On 2 Jun 2026, at 09:14, Desk <privacy@desk.example> wrote:",
    "de gmail": "Am Di., 2. Juni 2026 um 09:14 Uhr schrieb Desk <privacy@desk.example>:",
    "de thunderbird": "Am 02.06.26 um 09:14 schrieb Desk:",
    "de yahoo": "Am Dienstag, 2. Juni 2026 um 09:14 MESZ hat Desk <privacy@desk.example> Folgendes geschrieben:",
    "de name first": "Desk <privacy@desk.example> schrieb am Di., 2. Juni 2026, 09:14:",
    "fr": "Le mar. 2 juin 2026 à 09:14, Desk <privacy@desk.example> a écrit :",
    "es": "El mar, 2 jun 2026 a las 9:14, Desk (<privacy@desk.example>) escribió:",
    "it": "Il giorno mar 2 giu 2026 alle ore 09:14 Desk <privacy@desk.example> ha scritto:",
    "nl": "Op di 2 jun 2026 om 09:14 schreef Desk <privacy@desk.example>:",
    "pt": "Em ter., 2 de jun. de 2026 às 09:14, Desk <privacy@desk.example> escreveu:",
    "pl gmail": "wt., 2 cze 2026 o 09:14 Desk <privacy@desk.example> napisał(a):",
    "pl thunderbird": "W dniu 2.06.2026 o 09:14, Desk pisze:",
    "sv": "Den tis 2 juni 2026 kl 09:14 skrev Desk <privacy@desk.example>:",
    "da": "Den tirs. 2. jun. 2026 kl. 09.14 skrev Desk <privacy@desk.example>:",
    "cs": "út 2. 6. 2026 v 9:14 odesílatel Desk <privacy@desk.example> napsal:",
    "ro": "În mar., 2 iun. 2026 la 09:14, Desk <privacy@desk.example> a scris:",
}
BLOCKS = {
    "en": "From: Desk <privacy@desk.example>\nSent: Tuesday, June 2, 2026 9:14 AM\nTo: Ann\nSubject: Your mail",
    "en bold": "*From:* Desk <privacy@desk.example>\n*Sent:* Tuesday\n*To:* Ann\n*Subject:* Your mail",
    "en rule": "________________________________\nFrom: Desk\nDate: Tuesday\nSubject: Your mail",
    "en original": "-----Original Message-----\nFrom: Desk\nSent: Tuesday",
    "de": "Von: Desk <privacy@desk.example>\nGesendet: Dienstag, 2. Juni 2026 09:14\nAn: Ann\nBetreff: Ihre Mail",
    "de gmx": 'Gesendet: Dienstag, 02. Juni 2026 um 09:14 Uhr\nVon: "Desk"\nAn: ann@x.example\nBetreff: Mail',
    "de original": "-----Ursprüngliche Nachricht-----\nVon: Desk\nGesendet: Dienstag",
    "fr": "De : Desk\nEnvoyé : mardi 2 juin 2026 09:14\nÀ : Ann\nObjet : Votre message",
    "es": "De: Desk\nEnviado: martes, 2 de junio de 2026\nPara: Ann\nAsunto: Su mensaje",
    "it": "Da: Desk\nInviato: martedì 2 giugno 2026\nA: Ann\nOggetto: Messaggio",
    "nl": "Van: Desk\nVerzonden: dinsdag 2 juni 2026\nAan: Ann\nOnderwerp: Bericht",
    "pt": "De: Desk\nEnviada em: terça-feira\nPara: Ann\nAssunto: Mensagem",
    "pl": "Od: Desk\nWysłano: wtorek\nDo: Ann\nTemat: Wiadomość",
    "sv": "Från: Desk\nSkickat: tisdag\nTill: Ann\nÄmne: Brev",
    "da": "Fra: Desk\nSendt: tirsdag\nTil: Ann\nEmne: Brev",
    "cs": "Od: Desk\nOdesláno: úterý\nKomu: Ann\nPředmět: Zpráva",
    "ro": "De la: Desk\nTrimis: marți\nCătre: Ann\nSubiect: Mesaj",
}
FORWARDS = {
    "gmail": "---------- Forwarded message ---------\nFrom: Ann Lee <ann@x.example>\nDate: Tue",
    "gmx": "------ Weitergeleitete Nachricht ------\nBetreff: \tdata\nDatum: \tDi\nVon: \tAnn Lee <ann@x.example>",
    "apple": "Begin forwarded message:\n\nFrom: Ann Lee <ann@x.example>\nSubject: data\nDate: 2 June",
    "apple fr": "Début du message transféré :\n\nDe: Ann Lee <ann@x.example>\nObjet: data\nDate: 2 juin",
}


@pytest.mark.parametrize("quoted", [OLD, MARKED], ids=["unmarked", "marked"])
@pytest.mark.parametrize("attribution", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS)
def test_a_quotation_goes_with_the_line_that_announces_it(attribution: str, quoted: str) -> None:
    said = what_was_said(f"{NEW}\n\n{attribution}\n\n{quoted}\n")
    assert said.reply == NEW
    assert "send us the code" in said.quoted


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
def test_an_older_mail_goes_with_its_header(block: str) -> None:
    said = what_was_said(f"{NEW}\n\n{block}\n\n{OLD}\n", "Re: Your mail")
    assert said.reply == NEW
    assert said.forwarded is None


@pytest.mark.parametrize("head", FORWARDS.values(), ids=FORWARDS)
def test_a_forwarded_letter_is_said_with_the_note_above_it(head: str) -> None:
    said = what_was_said(f"For you.\n\n{head}\n\nWhat do you hold on me?\n")
    assert said.forwarded is not None
    assert said.forwarded.sender == "Ann Lee <ann@x.example>"
    assert said.reply == "For you.\n\nWhat do you hold on me?"


def test_outlook_forwards_are_known_by_their_subject() -> None:
    text = f"See below.\n\n{BLOCKS['de']}\n\n{OLD}"
    assert what_was_said(text, "WG: Ihre Mail").forwarded is not None
    assert what_was_said(text, "AW: Ihre Mail").forwarded is None


def test_answers_between_the_lines_are_kept() -> None:
    text = f"{ATTRIBUTIONS['en gmail']}\n> Which data?\n\nAll of it.\n\n> Until when?\nThis week.\n\n> Regards\n"
    assert what_was_said(text).reply == "All of it.\n\nThis week."


def test_an_answer_below_is_kept() -> None:
    assert what_was_said(f"{ATTRIBUTIONS['fr']}\n{MARKED}\n\n{NEW}").reply == NEW


def test_a_letter_that_begins_like_a_header_is_not_lost() -> None:
    text = "From: Ann Lee, 1 High Street\nTo: Example Ltd\nDate: 2 June 2026\nSubject: My data\n\nSend me a copy."
    assert what_was_said(text, "My data").reply == "Send me a copy."


@pytest.mark.parametrize(
    "text",
    [
        "On 2 May I wrote to help@desk.example:\n\nDelete my data.\n\nNothing happened.",
        "Am 2. Mai um 9:14 schrieb ich an help@desk.example:\n\nLöschen Sie alles.",
        "My sister wrote:\n\nthey never answer.",
        "Name: Ann Lee\nE-mail: ann@x.example\nDate of birth: 1 May 1980\n\nPlease delete my account.",
        "I want:\n\n- my address\n- my orders\n\n- Telephone",
        "This e-mail is a request under the GDPR.\n\nDelete my data.",
        "Unsubscribe me.\n\nTo: all of you",
        "Please delete it -- all of it.",
        "Ann\n\nKind regards\nAnn Lee\n1 High Street\nTel.: 030 123456\nE-Mail: ann@x.example",
    ],
)
def test_what_a_person_wrote_is_kept_whole(text: str) -> None:
    assert what_was_said(text).reply == text


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nAnn Lee\n030 123456",
        "Sent from my iPhone",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "Inviato da iPhone",
        "Verstuurd vanaf mijn iPhone",
        "Enviado do meu iPhone",
        "Wysłane z iPhone'a",
        "Skickat från min iPhone",
        "Sendt fra min iPhone",
        "Odesláno z iPhonu",
        "Trimis de pe iPhone-ul meu",
        "Get Outlook for Android<https://aka.ms/x>",
        "Diese Nachricht wurde von meinem Android Mobiltelefon mit GMX Mail gesendet.",
        "Virus-free. www.example.com",
        "CONFIDENTIALITY NOTICE: for the addressee alone.",
        "This email and any attachments are confidential and intended solely for the addressee.",
        "Diese E-Mail enthält vertrauliche Informationen.",
        "Ce message est confidentiel et réservé à son destinataire.",
        "Please consider the environment before printing this e-mail.",
        "_______________________________________________\nusers mailing list users@lists.example",
    ],
)
def test_signatures_and_footers_go(signature: str) -> None:
    said = what_was_said(f"{NEW}\n\n{signature}\n\n{ATTRIBUTIONS['en gmail']}\n{MARKED}")
    assert said.reply == NEW
    assert signature.strip().split("\n")[-1] in said.signature


def test_a_firms_card_goes_and_the_name_stays() -> None:
    text = "Delete it.\n\nBest regards,\nAnn Lee\nHead of Law | Example Ltd\nTel: +49 30 123456\nwww.example.com"
    assert what_was_said(text).reply == "Delete it.\n\nBest regards,\nAnn Lee"


@given(st.text(max_size=2_000), st.text(max_size=60))
def test_any_text_has_its_new_words(text: str, subject: str) -> None:
    said = what_was_said(text, subject)
    assert len(said.reply) <= len(text) * 2 + 2


@given(st.lists(st.sampled_from([*ATTRIBUTIONS.values(), *BLOCKS.values(), MARKED, NEW, "--", "", "\t", ":"])))
def test_any_order_of_what_mails_are_made_of_is_cut(pieces: list[str]) -> None:
    what_was_said("\n".join(pieces))
