"""What a letter says besides its request types, with the line that shows it, in twelve languages."""

import itertools
import json
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.dates import days_in
from bot.domain.particulars import particulars

TODAY = date(2026, 11, 22)  # a Sunday


def read(text, *, subject="", language="en", known=()):
    return particulars(text, subject, TODAY, language, known)


def gives(text, **more):
    return [(each.code, each.value) for each in read(text, **more).data]


# ---- the requester's own reference -------------------------------------------------------------------------

REFERENCES = {
    "en": "Our ref: ALD/2026-114",
    "de": "Mein Zeichen: 12 C 34/26",
    "fr": "N/Réf : 2026-RR",
    "es": "Nuestra referencia: EX/12",
    "it": "Ns. rif.: 44/26",
    "nl": "Ons kenmerk: K-12",
    "pt": "Nossa referência: X/1",
    "pl": "Nasz znak: RR/1/26",
    "sv": "Vår ref: 12/26",
    "da": "Vores ref.: 12-B",
    "cs": "Naše značka: 7/26",
    "ro": "Referința noastră: 9/26",
}


@pytest.mark.parametrize("line", REFERENCES.values(), ids=REFERENCES)
def test_the_requesters_own_reference_is_found_with_its_line(line):
    found = read(f"{line}\n\nPlease send me my data.").reference
    assert (found.value, found.line) == (line.partition(":")[2].strip(), line)


@pytest.mark.parametrize(
    "line",
    ["Your ref: ALD/114", "Ihr Zeichen: 12/26", "V/Réf : 12", "Uw kenmerk: K-12", "Reference: PR-7K3M9QZ2"],
)
def test_a_reference_of_ours_is_not_the_requesters(line):
    assert read(line).reference is None


def test_of_both_references_on_one_line_the_requesters_counts():
    assert read("Your ref: PR-7K3M9QZ2    Our ref: ALD/114").reference.value == "ALD/114"


def test_a_reference_in_the_subject_counts():
    assert read("Please send me my data.", subject="Our ref. ALD/114, access request").reference.value == "ALD/114"


def test_a_word_for_reference_within_a_sentence_is_none():
    assert read("I wrote with reference to the 3 letters that you sent.").reference is None


# ---- a reminder --------------------------------------------------------------------------------------------

REMINDERS = {
    "en": "This is a reminder of my request of 3 November 2026.",
    "de": "Ich erinnere an mein Schreiben vom 3.11.2026.",
    "fr": "Relance : ma demande du 3 novembre 2026.",
    "es": "Les recuerdo mi solicitud del 3 de noviembre de 2026.",
    "it": "Sollecito la mia richiesta del 3 novembre 2026.",
    "nl": "Dit is een herinnering aan mijn verzoek van 3 november 2026.",
    "pt": "Reitero o meu pedido de 3 de novembro de 2026.",
    "pl": "Przypominam o moim wniosku z 3 listopada 2026.",
    "sv": "Påminnelse om min begäran den 3 november 2026.",
    "da": "Påmindelse om min anmodning af 3. november 2026.",
    "cs": "Připomínám svou žádost ze dne 3. listopadu 2026.",
    "ro": "Revin la cererea mea din 3 noiembrie 2026.",
}


@pytest.mark.parametrize(("language", "text"), REMINDERS.items(), ids=REMINDERS)
def test_a_reminder_is_found_with_the_day_of_the_earlier_request(language, text):
    found = read(text, language=language).reminder
    assert (found.day, found.line) == (date(2026, 11, 3), text)


def test_a_reminder_need_not_name_a_day():
    assert read("I am still waiting for your answer.").reminder.day is None


def test_an_earlier_letter_with_its_day_is_a_reminder_by_itself():
    assert read("I refer to my letter of 3 November.").reminder.day == date(2026, 11, 3)


@pytest.mark.parametrize(
    "text", ["Thank you for your letter of 3 November.", "This request of mine is the first."]
)
def test_a_letter_of_ours_or_a_first_request_is_no_reminder(text):
    assert read(text).reminder is None


# ---- a threat ----------------------------------------------------------------------------------------------

THREATS = {
    "en": ("Otherwise I will complain to the ICO.", ["authority"]),
    "de": ("Andernfalls werde ich rechtliche Schritte einleiten.", ["court"]),
    "fr": ("À défaut, je saisirai la CNIL.", ["authority"]),
    "es": ("De lo contrario acudiré a la AEPD y a los tribunales.", ["authority", "court"]),
    "it": ("In caso contrario mi rivolgerò al Garante.", ["authority"]),
    "nl": ("Anders dien ik een klacht in bij de Autoriteit Persoonsgegevens.", ["authority"]),
    "pt": ("Caso contrário, recorrerei ao meu advogado.", ["lawyer"]),
    "pl": ("W przeciwnym razie skieruję sprawę do UODO.", ["authority"]),
    "sv": ("Annars kommer jag att vända mig till IMY.", ["authority"]),
    "da": ("Ellers klager jeg til Datatilsynet.", ["authority"]),
    "cs": ("Jinak se obrátím na Úřad pro ochranu osobních údajů.", ["authority"]),
    "ro": ("În caz contrar voi sesiza ANSPDCP.", ["authority"]),
}


@pytest.mark.parametrize(("text", "targets"), THREATS.values(), ids=THREATS)
def test_a_threat_says_to_whom(text, targets):
    found = read(text).threats
    assert [each.code for each in found] == targets
    assert {each.line for each in found} == {text}


@pytest.mark.parametrize(
    "text",
    [
        "Tell me of the right to lodge a complaint with a supervisory authority.",
        "My lawyer's address is on file with you.",
        "Otherwise I am happy with your shop.",
    ],
)
def test_speaking_of_an_authority_or_a_lawyer_is_no_threat(text):
    assert read(text).threats == ()


# ---- a deadline of the writer's own ------------------------------------------------------------------------

DEADLINES = {
    "en": ("Please reply within 14 days.", date(2026, 12, 6)),
    "de": ("Bitte antworten Sie bis zum 12. Dezember 2026.", date(2026, 12, 12)),
    "fr": ("Merci de répondre sous huit jours.", date(2026, 11, 30)),
    "es": ("Ruego respuesta antes del 12 de diciembre.", date(2026, 12, 12)),
    "it": ("Attendo risposta entro 10 giorni.", date(2026, 12, 2)),
    "nl": ("Graag uw antwoord uiterlijk 12-12-2026.", date(2026, 12, 12)),
    "pt": ("Aguardo resposta até 12 de dezembro de 2026.", date(2026, 12, 12)),
    "pl": ("Proszę o odpowiedź w terminie dwóch tygodni.", date(2026, 12, 6)),
    "sv": ("Vänligen svara senast den 12 december.", date(2026, 12, 12)),
    "da": ("Svar venligst inden for 3 uger.", date(2026, 12, 13)),
    "cs": ("Prosím o odpověď do 12. prosince 2026.", date(2026, 12, 12)),
    "ro": ("Vă rog să răspundeți în termen de 10 zile.", date(2026, 12, 2)),
}


@pytest.mark.parametrize(("language", "text", "day"), [(k, *v) for k, v in DEADLINES.items()], ids=DEADLINES)
def test_a_deadline_is_a_day_named_or_counted_from_receipt(language, text, day):
    found = read(text, language=language).deadline
    assert (found.day, found.line) == (day, text)


@pytest.mark.parametrize(
    ("count", "day"),
    [
        ("48 hours", date(2026, 11, 24)),
        ("5 working days", date(2026, 11, 27)),
        ("two weeks", date(2026, 12, 6)),
        ("one month", date(2026, 12, 22)),
        ("fourteen calendar days", date(2026, 12, 6)),
    ],
)
def test_a_period_is_counted_in_its_unit(count, day):
    assert read(f"I expect your answer within {count}.").deadline.day == day


@pytest.mark.parametrize(
    "text",
    [
        "Please reply within one month, as Article 12 GDPR requires.",
        "Please reply within the statutory period of 30 days.",
        "You sent me nine newsletters within 3 days.",
        "Please delete what you collected before 12 November 2026.",
        "Please confirm what you did within 9999 days.",
    ],
)
def test_what_the_law_sets_or_what_lies_behind_is_no_deadline_of_the_writers(text):
    assert read(text).deadline is None


def test_a_day_in_figures_that_can_be_read_twice_is_the_next_one():
    assert read("Please answer by 12/01/2026.", language="en").deadline.day == date(2026, 12, 1)
    assert read("Merci de répondre avant le 12/01/2027.", language="fr").deadline.day == date(2027, 1, 12)


# ---- identification data -----------------------------------------------------------------------------------

NAMES = {
    "en": "Full name: Robin Reed",
    "de": "Vor- und Nachname: Robin Reed",
    "fr": "Nom et prénom : Robin Reed",
    "es": "Nombre completo: Robin Reed",
    "it": "Nome e cognome: Robin Reed",
    "nl": "Volledige naam: Robin Reed",
    "pt": "Nome completo: Robin Reed",
    "pl": "Imię i nazwisko: Robin Reed",
    "sv": "Namn: Robin Reed",
    "da": "Navn: Robin Reed",
    "cs": "Jméno a příjmení: Robin Reed",
    "ro": "Nume și prenume: Robin Reed",
}
NUMBERS = {
    "en": "My customer number is A-4711.",
    "de": "Kd.-Nr. A-4711",
    "fr": "Numéro client : A-4711",
    "es": "N.º de cliente: A-4711",
    "it": "Codice cliente A-4711",
    "nl": "Klantnummer: A-4711",
    "pt": "Número de cliente A-4711",
    "pl": "Nr klienta: A-4711",
    "sv": "Kundnummer A-4711",
    "da": "Kundenummer: A-4711",
    "cs": "Zákaznické číslo: A-4711",
    "ro": "Cod client: A-4711",
}
BIRTHS = {
    "en": ("Date of birth: May 4th, 1980", "May 4th, 1980"),
    "de": ("geboren am 4.5.1980", "4.5.1980"),
    "fr": ("née le 4 mai 1980", "4 mai 1980"),
    "es": ("Fecha de nacimiento: 4 de mayo de 1980", "4 de mayo de 1980"),
    "it": ("nata il 4 maggio 1980", "4 maggio 1980"),
    "nl": ("Geboortedatum: 4-5-1980", "4-5-1980"),
    "pt": ("Data de nascimento: 04/05/1980", "04/05/1980"),
    "pl": ("ur. 4 maja 1980", "4 maja 1980"),
    "sv": ("född 1980-05-04", "1980-05-04"),
    "da": ("født 4. maj 1980", "4. maj 1980"),
    "cs": ("narozen 4. května 1980", "4. května 1980"),
    "ro": ("Data nașterii: 4 mai 1980", "4 mai 1980"),
}
OTHERS = {
    "account": ("Account number: 998-1", ("account_number", "998-1")),
    "contract": ("Vertragsnummer 5512/9", ("contract_number", "5512/9")),
    "order": ("Numéro de commande : 2026-77", ("order_number", "2026-77")),
    "phone": ("Tel.: +44 20 7946 0000", ("phone", "+44 20 7946 0000")),
    "e-mail": ("My other address is rr@older.example.", ("email", "rr@older.example")),
    "username": ("User name: robin_reed", ("username", "robin_reed")),
    "username in a sentence": ("My username is robin_reed.", ("username", "robin_reed")),
    "iban": ("IBAN: DE12 5001 0517 0648 4898 90", ("iban", "DE12 5001 0517 0648 4898 90")),
    "address in a line": ("Address: 12 Elm Road, Springfield", ("postal_address", "12 Elm Road, Springfield")),
    "address below": ("Address:\n12 Elm Road\nElmham\n\nThank you", ("postal_address", "12 Elm Road, Elmham")),
    "name in a sentence": ("Guten Tag, mein Name ist Robin von Reed und ich frage.", ("name", "Robin von Reed")),
}


@pytest.mark.parametrize("line", NAMES.values(), ids=NAMES)
def test_a_name_behind_its_label_is_found(line):
    assert gives(line) == [("name", "Robin Reed")]


@pytest.mark.parametrize("line", NUMBERS.values(), ids=NUMBERS)
def test_a_customer_number_is_found(line):
    assert gives(line) == [("customer_number", "A-4711")]


@pytest.mark.parametrize(("line", "value"), BIRTHS.values(), ids=BIRTHS)
def test_a_day_of_birth_is_found_as_it_is_written(line, value):
    assert gives(line) == [("birth_date", value)]


@pytest.mark.parametrize(("text", "datum"), OTHERS.values(), ids=OTHERS)
def test_other_data_are_found(text, datum):
    assert gives(text) == [datum]


def test_several_labels_on_one_line_are_told_apart():
    line = "Name: Robin Reed, Customer no: 4711; Phone: 020 7946 0000"
    assert gives(line) == [("name", "Robin Reed"), ("customer_number", "4711"), ("phone", "020 7946 0000")]


def test_each_datum_bears_its_line_and_stands_once():
    (found,) = read("Name: Robin Reed\nName: ROBIN REED").data
    assert found.line == "Name: Robin Reed"


def test_addresses_that_are_known_tell_nothing_new():
    assert gives("From robin@letters.example", known=["Robin@Letters.example"]) == []


@pytest.mark.parametrize(
    "text",
    [
        "Please delete my name, address and date of birth.",
        "See https://shop.example/login?name=robin",
        "Name:",
        "> Name: Robin Reed",
    ],
)
def test_what_is_only_spoken_of_or_quoted_is_not_given(text):
    assert gives(text) == []


# ---- whom it is written for --------------------------------------------------------------------------------

AGENTS = {
    "lawyer": ("We act for our client, Ms Robin Reed, and ask for access.", "Robin Reed"),
    "guardian": ("Ich bin der gesetzliche Vertreter, siehe Anlage.", ""),
    "heir": ("Je vous écris au sujet de mon père décédé.", ""),
    "parent": ("Le pido los datos de mi hija Robin Reed.", "Robin Reed"),
    "company": ("As authorised agent of Robin Reed we opt out.", "Robin Reed"),
    "other": ("I write on behalf of Robin Reed.", "Robin Reed"),
}


@pytest.mark.parametrize(("code", "text", "name"), [(k, *v) for k, v in AGENTS.items()], ids=AGENTS)
def test_for_whom_it_is_written_and_the_name_where_there_is_one(code, text, name):
    found = read(text).agent
    assert (found.code, found.value, found.line) == (code, name, text)


@pytest.mark.parametrize("text", ["Please send me my data.", "What your processors do on behalf of your company."])
def test_who_writes_for_themselves_is_no_agent(text):
    assert read(text).agent is None


# ---- as a whole --------------------------------------------------------------------------------------------

WHOLE = """Our ref: ALD/114
On behalf of Robin Reed I remind you of my letter of 3 November 2026.
Customer number: A-4711
Please reply within 14 days. Otherwise I will complain to the ICO."""


def test_codes_say_what_was_found_and_nothing_of_the_senders_words():
    assert read(WHOLE).codes == (
        "own_reference",
        "reminder:2026-11-03",
        "deadline:2026-12-06",
        "threat:authority",
        "gives:customer_number",
        "agent:other",
    )


def test_no_value_and_no_line_stands_in_a_repr():
    assert not [each for each in ("Robin", "ALD", "4711", "letter of", "behalf") if each in repr(read(WHOLE))]


def test_everything_is_plain_json():
    found = read(WHOLE).as_json()
    assert json.loads(json.dumps(found)) == found
    assert (found["reference"]["value"], found["deadline"]["day"]) == ("ALD/114", "2026-12-06")


def test_a_letter_that_says_no_more_has_no_particulars():
    assert read("Please delete my account and everything that you hold about me.").codes == ()


SIGNS = "Ré:=/.-,;|\t\n 0123459@\u200bAaİßﷺ"
WORDS = st.sampled_from(
    ["Name:", "our ref", "within", "14", "days", "please", "by", "31.", "Dec", "2026", "IBAN", "born", "reminder",
     "my letter of", "1/2/26", "+49", "\n", "otherwise", "CNIL", "mein Name ist", "我", "@x.example", "tel"]
)  # fmt: skip


@given(st.text(max_size=400) | st.text(SIGNS, max_size=400) | st.lists(WORDS, max_size=60).map(" ".join))
@example("by 31.2.2026 please 29.2.")
@example("within 999 months please")
@example("Address:\n" * 50)
def test_no_text_whatever_breaks_it(text):
    found = read(text, subject=text)
    assert len(found.data) <= 30
    assert all(len(each.line) <= 240 for each in found.data)
    assert json.dumps(found.as_json())


@given(st.lists(WORDS, max_size=30).map(" ".join), st.dates())
def test_no_day_of_receipt_breaks_it(text, day):
    found = particulars(text, "", day, "en").deadline
    assert found is None or day <= found.day


@given(st.text(SIGNS + "ecmbrD", max_size=120), st.dates())
def test_days_stand_in_order_apart_and_within_the_text(text, today):
    found = days_in(text, today, month_may_lead=True)
    assert all(0 <= each.start < each.end <= len(text) for each in found)
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))


@pytest.mark.parametrize(
    "text",
    ["Name: ", "1.1.", "a@", "within 14 ", "\n", "Address:\n", "please by ", "IBAN A", "my letter of 1.1."],
)
def test_a_text_of_any_length_is_read_as_far_as_is_bounded(text):
    assert read(text * 200_000).codes == read((text * 20_000)[:20_000]).codes
