"""Letters that differ as those of a mailbox do: length, form, attachment and alphabet."""

from email.message import EmailMessage
from email.utils import formatdate
from itertools import cycle, islice

DESK = "privacy@harbour.example"
ASKED = (
    "Please delete my account and all personal data you hold about me.",
    "Please send me a copy of all personal data that you hold about me.",
    "I withdraw my consent to the processing of my personal data.",
    "Please stop selling and sharing my personal data for advertising.",
    "Please correct my name in your records, it is misspelt.",
)
BESIDE = (
    "I have used your product since the spring of last year, at first with two colleagues and later alone.",
    "The export of our boards worked well, and the support was friendly whenever we had a question.",
    "We have moved to another office since then, and most of our work is done on paper again.",
    "My manager has cancelled the subscription, so there is no bill that is still open as far as I know.",
    "I wrote to you some weeks ago by the form on your page and am not sure whether it has arrived.",
    "If anything is unclear, simply answer to this mail; I read it every morning on my way to work.",
)


def letter(number: int) -> bytes:
    """The so-manieth of many: 60 to 300 words, a fifth with HTML, a tenth with a file, a tenth not ASCII."""
    mail = EmailMessage()
    mail["From"] = f"Writer {number} <writer{number}@bench{number % 97}.example>"
    mail["To"], mail["Subject"] = DESK, f"A word about my data, {number}"
    mail["Date"], mail["Message-ID"] = formatdate(), f"<{number}.bench@writer.example>"
    sentences = [*islice(cycle(BESIDE), number % 6, number % 6 + 3 + number % 13)]
    sentences.insert(number % 3, ASKED[number % len(ASKED)])
    greeting = "Grüße aus Köln, Zoë" if number % 10 == 3 else f"Kind regards, Writer {number}"
    text = "\n\n".join(["Hello,", " ".join(sentences), greeting]) + "\n"
    mail.set_content(text)
    if number % 5 == 1:
        mail.add_alternative("".join(f"<p>{each}</p>" for each in text.split("\n\n")), subtype="html")
    if number % 10 == 7:
        mail.add_attachment(b"%PDF-1.4 " + b"0123456789" * 300, "application", "pdf", filename="notes.pdf")
    return mail.as_bytes()
