"""What letters ask for, in our own words: types, abstention, laws, agents, evidence, and hostile input."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.rules.lexicon import available, read_table
from bot.domain.rules.rulebook import _rules
from bot.domain.rules.sentences import split_sentences
from bot.domain.understanding import BAR, EXAMINED, classify
from bot.domain.vocabulary import RequestType as T


def asked(text: str, subject: str = "") -> tuple[str, ...]:
    """The types that the desk is sure of; a text that it abstains on asks for `?`."""
    understood = classify(text, subject)
    return ("?",) if understood.abstain else tuple(map(str, understood.request_types))


LETTERS = [
    ("access", "Hi, what do you have on me? I'd like to see everything."),
    ("access", "Please send me a copy of all personal data that you hold about me."),
    ("access", "Whom did you give my phone number and my data to?"),
    ("access", "I am making a subject access request under the Data Protection Act 2018."),
    ("access", "can you tell me what info you've got on me pls"),
    ("access", "Welche Daten haben Sie über mich gespeichert?"),
    ("access", "Ich verlange Auskunft über meine personenbezogenen Daten nach Art. 15 DSGVO."),
    ("access", "Quelles données avez-vous sur moi ?"),
    ("access", "Je voudrais une copie de toutes mes données personnelles."),
    ("access", "¿Qué datos tienen sobre mí?"),
    ("access", "Solicito acceso a mis datos personales."),
    ("access", "Vorrei avere una copia dei miei dati personali."),
    ("access", "Graag ontvang ik inzage in mijn persoonsgegevens."),
    ("access", "Gostaria de receber uma cópia dos meus dados pessoais."),
    ("access", "Proszę o przesłanie kopii moich danych osobowych."),
    ("deletion", "pls delete my acc and all my data"),
    ("deletion", "Delete everything you have about me."),
    ("deletion", "I want my personal information erased from your systems."),
    ("deletion", "I don't use the app any more, so kindly remove my account and my details."),
    ("deletion", "Bitte löscht mein Konto und alle meine Daten."),
    ("deletion", "Hiermit fordere ich die Löschung meiner personenbezogenen Daten."),
    ("deletion", "Merci de supprimer mon compte et toutes mes données."),
    ("deletion", "Quiero que borren todos mis datos de su base de datos."),
    ("deletion", "Vi chiedo di cancellare i miei dati personali."),
    ("deletion", "Ik verzoek u mijn account en mijn gegevens te verwijderen."),
    ("deletion", "Quero que apaguem a minha conta e os meus dados."),
    ("deletion", "Proszę usunąć moje konto i wszystkie moje dane osobowe."),
    ("deletion", "Jag vill att ni raderar alla mina uppgifter."),
    ("deletion", "Jeg vil gerne have slettet min konto og alle mine oplysninger."),
    ("deletion", "Žádám o výmaz mých osobních údajů."),
    ("deletion", "Vă rog să ștergeți toate datele mele personale."),
    ("correction", "My surname is misspelt in your records, please correct it."),
    ("correction", "Please rectify my personal data: my date of birth is wrong."),
    ("correction", "Bitte berichtigen Sie meine Anschrift, sie ist falsch gespeichert."),
    ("correction", "Je vous demande de rectifier mon adresse, elle est erronée."),
    ("correction", "Solicito que corrijan mis datos, mi apellido es incorrecto."),
    ("portability", "I would like to receive my data in a machine-readable format."),
    ("portability", "Please transfer my data directly to another provider."),
    ("portability", "Ich möchte meine Daten nach Art. 20 DSGVO maschinenlesbar erhalten."),
    ("portability", "Je souhaite exercer mon droit à la portabilité de mes données."),
    ("portability", "Ejerzo mi derecho a la portabilidad de mis datos."),
    ("restriction", "Please restrict the processing of my personal data while you check this."),
    ("restriction", "Ich verlange die Einschränkung der Verarbeitung meiner Daten."),
    ("restriction", "Je demande la limitation du traitement de mes données."),
    ("restriction", "Solicito la limitación del tratamiento de mis datos."),
    ("objection", "I object to the processing of my personal data on the ground of legitimate interest."),
    ("objection", "Stop using my data to train your models."),
    ("objection", "Ich widerspreche der Verarbeitung meiner personenbezogenen Daten."),
    ("objection", "Je m'oppose au traitement de mes données personnelles."),
    ("objection", "Me opongo al tratamiento de mis datos personales."),
    ("opt_out", "Please unsubscribe me from your newsletter."),
    ("opt_out", "Do not sell or share my personal information."),
    ("opt_out", "Stop sending me marketing emails!"),
    ("opt_out", "take me off your mailing list"),
    ("opt_out", "Ich möchte keine Werbung mehr erhalten."),
    ("opt_out", "Je ne veux plus recevoir votre newsletter."),
    ("opt_out", "No quiero recibir más publicidad."),
    ("consent_withdrawal", "I withdraw my consent to the use of my photos."),
    ("consent_withdrawal", "Hiermit widerrufe ich meine Einwilligung."),
    ("consent_withdrawal", "Je retire mon consentement."),
    ("consent_withdrawal", "Retiro mi consentimiento."),
    (
        "complaint",
        "You shared my data without my consent, this is a breach of the GDPR and I will complain to the ICO.",
    ),
    ("complaint", "I want to lodge a complaint about how you handle my personal data."),
    ("complaint", "Ich werde mich bei der Aufsichtsbehörde über den Umgang mit meinen Daten beschweren."),
    ("complaint", "Je vais porter plainte auprès de la CNIL pour violation du RGPD."),
    ("complaint", "Voy a presentar una reclamación ante la AEPD."),
    ("status_inquiry", "Any news about my deletion request? I have not heard back."),
    ("status_inquiry", "I am still waiting for an answer to my access request of 3 May."),
    ("status_inquiry", "What is the status of my GDPR request?"),
    ("status_inquiry", "Wie ist der Stand meiner Löschanfrage? Ich warte seit Wochen."),
    ("status_inquiry", "Je n'ai toujours pas reçu de réponse à ma demande d'accès."),
    ("status_inquiry", "Todavía no he recibido respuesta a mi solicitud de supresión."),
    ("policy_question", "How long do you keep personal data?"),
    ("policy_question", "Do you share customer data with third parties?"),
    ("policy_question", "Where is the data stored?"),
    ("policy_question", "Which sub-processors do you work with?"),
    ("policy_question", "Wie lange speichern Sie Kundendaten?"),
    ("policy_question", "Combien de temps conservez-vous les données ?"),
    ("policy_question", "¿Comparten datos con terceros?"),
    ("policy_question", "What happens to my data if I delete my account?"),
]


@pytest.mark.parametrize(("expected", "text"), LETTERS)
def test_the_main_type_of_a_letter_is_understood(expected, text):
    assert asked(text)[0] == expected


IDIOMS = [
    ("deletion", "I am exercising my right to be forgotten under GDPR, please confirm once it is done."),
    ("opt_out", "STOP"),
    ("opt_out", "Opt me out."),
    ("opt_out", "stop emailing me"),
    ("opt_out", "Laissez-moi tranquille avec votre publicité, ne m'écrivez plus !"),
    ("deletion", "Please forget me, I claim my right to be forgotten."),
    ("deletion", "Vergesst mich einfach, löscht jede Spur von mir."),
    ("status_inquiry", "Where does my request for deletion stand?"),
    ("status_inquiry", "When will my data finally be deleted, as I asked three weeks ago?"),
    ("status_inquiry", "Gibt es Neuigkeiten zu meinem Löschantrag?"),
]


@pytest.mark.parametrize(("expected", "text"), IDIOMS)
def test_common_ways_of_saying_it_are_understood(expected, text):
    assert classify(text).request_types[0] == expected


ORDINARY = [
    "I forgot my password and cannot log in to my account.",
    "Please find attached invoice 4711; payment is due in 30 days.",
    "Cancel my subscription from next month.",
    "We help companies automate GDPR requests. Would you have 15 minutes for a demo of our platform?",
    "I found an XSS vulnerability in your search form, here is a proof of concept.",
    "Please countersign the attached data processing agreement.",
    "I am applying for the position of data analyst; my CV is attached.",
    "You are receiving this email because you signed up. To unsubscribe, click here. Shop now!",
    "Where is my order? The parcel should have arrived on Monday.",
    "The export button does not work, I only see an error.",
    "Wo bleibt meine Bestellung? Die Lieferung sollte gestern kommen.",
    "Ich habe mein Passwort vergessen.",
    "Ma facture est fausse, pouvez-vous me rembourser ?",
    "No puedo iniciar sesión, olvidé mi contraseña.",
    "Thanks for lunch yesterday, see you on Friday!",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_mail_is_never_taken_for_a_request(text):
    assert asked(text)[0] in {"not_privacy", "?"}


@pytest.mark.parametrize(
    "text",
    [
        "Please do not delete my data.",
        "Bitte löschen Sie meine Daten nicht.",
        "Your privacy policy says that users may request deletion of their personal data.",
        "If I delete my account, what happens with my photos?",
        "I am not asking for anything, I only read that you can request a copy of your data.",
    ],
)
def test_a_right_that_is_denied_supposed_or_quoted_is_not_asked_for(text):
    assert not {"deletion", "access"} & set(asked(text))


def test_quoted_lines_are_not_what_the_writer_says():
    assert asked(
        "Thanks, everything works well again since this morning.\n> Please delete my account and all my data."
    ) == ("not_privacy",)


@pytest.mark.parametrize(
    ("only", "text"),
    [
        ("deletion", "Please delete my account and all personal data you hold about me."),
        ("opt_out", "Please stop selling and sharing my personal data for advertising."),
        ("access", "Please send me a copy of all personal data that you hold about me."),
        ("deletion", "Bitte löschen Sie mein Konto und alle Daten, die Sie über mich gespeichert haben."),
    ],
)
def test_nothing_is_added_to_a_letter_that_asks_for_one_thing(only, text):
    assert asked(text) == (only,)


def test_every_right_of_a_letter_is_listed_main_first():
    letter = (
        "Please send me a copy of all my personal data.\n\nThen delete my account and all my data.\n\n"
        "I also withdraw my consent to the use of my photos."
    )
    main, *others = classify(letter).request_types
    assert main is T.ACCESS
    assert {*others} == {T.DELETION, T.CONSENT_WITHDRAWAL}


@pytest.mark.parametrize(
    "text",
    [
        "Please send me a copy of my data. Also stop sending me marketing emails.",
        "Please delete my account and all personal data that you hold about me. And please unsubscribe me from "
        "your newsletter.",
    ],
)
def test_rights_that_are_named_in_plain_words_are_sure_whichever_of_them_leads(text):
    understood = classify(text)
    assert not understood.abstain
    assert T.OPT_OUT in understood.request_types[1:]


def test_a_letter_that_only_cites_the_right_in_its_list_of_duties_does_not_use_it():
    letter = (
        "I request access to my personal data under Article 15 GDPR, including the existence of the right to "
        "request rectification or erasure, and the right to lodge a complaint with a supervisory authority."
    )
    assert asked(letter) == ("access",)


@pytest.mark.parametrize(
    "text", ["close my account", "Bitte schließen Sie mein Konto.", "Something about my privacy."]
)
def test_an_ambiguous_text_is_left_to_a_person(text):
    understood = classify(text)
    assert understood.abstain
    assert understood.confidence < BAR
    assert understood.request_types


@pytest.mark.parametrize("text", ["55953478", "* * * * * *", "👍👍", "?!", "10.00 - 12.30"])
def test_what_has_no_letter_says_nothing(text):
    understood = classify(text, text)
    assert understood.request_types == (T.NOT_PRIVACY,)
    assert understood.abstain
    assert split_sentences(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Regarding my personal data: call me",
        "There is something odd with my personal data.",
        "Ich habe ein Anliegen wegen meiner Daten.",
        "Une question sur mes données.",
    ],
)
def test_what_is_too_vague_to_tell_is_left_to_a_person(text):
    assert asked(text) == ("?",)


def test_a_bare_closing_of_an_account_is_guessed_to_be_a_deletion():
    assert classify("close my account").request_types == (T.DELETION,)


def test_the_subject_alone_can_say_it():
    assert asked("Regards, Ada", subject="Please delete all my personal data")[0] == "deletion"


def test_what_the_text_asks_for_outweighs_a_subject_of_an_older_matter():
    text = "Thank you for your answer. I now ask you to delete all my personal data."
    assert classify(text, subject="Subject access request").request_types[0] is T.DELETION


@pytest.mark.parametrize(
    ("law", "text"),
    [
        (("gdpr",), "nach DSGVO"),
        (("gdpr",), "au titre du RGPD"),
        (("gdpr",), "op grond van de AVG"),
        (("gdpr",), "na podstawie RODO"),
        (("uk_gdpr",), "under Article 15 of the UK GDPR"),
        (("uk_gdpr",), "or I will write to the ICO"),
        (("ccpa",), "I am a California resident"),
        (("lgpd",), "conforme a LGPD"),
        (("pipeda",), "as PIPEDA requires"),
        (("quebec",), "selon la Loi 25"),
        (("fadp",), "nach dem nDSG"),
        (("gdpr", "ccpa"), "under the GDPR. Also under the CCPA."),
        ((), "good morning"),
    ],
)
def test_the_laws_that_a_letter_names_are_listed(law, text):
    assert classify(text).laws == law


def test_a_section_of_a_law_says_which_right_is_meant():
    understood = classify("I exercise my right under Cal. Civ. Code § 1798.105 of the CCPA, please comply.")
    assert understood.request_types[0] is T.DELETION


@pytest.mark.parametrize(
    "text",
    [
        "I write on behalf of my client and request access to her data.",
        "As legal guardian of my daughter I ask you to delete her account.",
        "Namens und im Auftrag meiner Mandantin verlange ich Auskunft.",
        "Je vous écris au nom de ma mère, procuration jointe.",
    ],
)
def test_a_letter_for_somebody_else_is_known(text):
    assert classify(text).agent


def test_a_letter_for_oneself_has_no_agent():
    assert not classify("Please delete my data.").agent


def test_evidence_is_the_sentence_word_for_word():
    sentence = "Bitte löschen Sie   alle meine Daten."
    evidence = classify(f"Guten Tag.\n\n{sentence}\n\nGrüße").evidence
    assert {one.sentence for one in evidence} == {sentence}
    assert {one.request_type for one in evidence} == {T.DELETION}


def test_no_sentence_of_the_letter_shows_in_a_repr():
    assert "unforgettable" not in repr(classify("Please delete all my unforgettable data."))


def test_invisible_signs_and_accents_do_not_hide_a_request():
    assert asked("De\u200blete my da\u00adta")[0] == "deletion"
    assert asked("Solicito la supresion de mis datos personales")[0] == "deletion"


HOSTILE = [
    "",
    "\x00",
    "\ud800",
    "a" * 10_000_000,
    "delete my data " * 700_000,
    "please delete " * 2_000,
    ("1798." * 5_000) + "article " * 2_000,
    "? " * 10_000,
    "\n" * 100_000,
    "@" * 30_000,
    "私の" * 10_000,
    "ﷺ" * 20_000,
    "\u202e\u200b" * 10_000,
]


@pytest.mark.timeout(20)
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_answered(text):
    assert classify(text, text).request_types


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=400), st.text(max_size=60))
def test_any_text_is_answered_with_one_type_at_least_and_a_confidence(text, subject):
    understood = classify(text, subject)
    assert understood.request_types
    assert 0 <= understood.confidence <= 1
    assert understood.abstain == (understood.confidence < BAR)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(" ".join(text for _, text in LETTERS).split()), max_size=60).map(" ".join))
def test_words_of_letters_in_any_order_are_answered(text):
    understood = classify(text)
    assert T.NOT_PRIVACY not in understood.request_types or understood.request_types == (T.NOT_PRIVACY,)


@pytest.mark.parametrize(
    "sentence",
    [
        "Prosím smažte do 12. prosince všechny mé údaje.",
        "Bitte antworten Sie bis zum 12. Dezember schriftlich.",
        "Answer me within fourteen (14) days, please.",
        "Send it to me - all of it - by 1) mail or 2) post.",
    ],
)
def test_a_sentence_is_neither_cut_nor_thinned_at_a_number_within_it(sentence):
    assert split_sentences(sentence) == [sentence]


def test_what_numbers_a_list_is_no_part_of_what_it_says():
    assert split_sentences("I want:\n1. A copy\n(b) its source\n- an answer\n3.") == [
        "I want:",
        "A copy",
        "its source",
        "an answer",
    ]


@pytest.mark.parametrize("text", ["Silin. İstiyorum.", "Silin. Şimdi.", "Gata. Ștergeți.", "Hotovo. Ďakujem."])
def test_a_sentence_begins_with_any_capital_of_the_languages_read(text):
    assert len(split_sentences(text)) == 2


def test_what_stands_beyond_the_examined_part_changes_nothing():
    text = "Please delete my data. ".ljust(EXAMINED)
    assert classify(text) == classify(text + "Do you share data?")


def test_every_concept_of_a_rule_has_words_in_english():
    made = {"law", "asks", "imperative", "question_mark"}
    named = {
        concept
        for rule in _rules()
        for concept in (*(name for choice in rule.near + rule.also for name in choice), *rule.unless)
    }
    assert named - made - set(read_table("words/en")) == set()


@pytest.mark.parametrize("language", sorted(available()))
def test_a_language_uses_only_concepts_that_english_has(language):
    assert set(read_table(f"words/{language}")) <= {*read_table("words/en"), "negation_after"}


def test_an_understanding_is_a_value():
    assert isinstance(hash(classify("Please delete my data.")), int)
    assert classify("Please delete my data.") == classify("Please delete my data.")


@pytest.mark.parametrize("text", ["", "status?", "please see the attached letter", "👍", "ok"])
def test_a_few_words_that_say_too_little_are_left_to_a_person(text):
    assert classify(text).abstain
