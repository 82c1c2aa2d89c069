"""What staff should know about a mail's text before they believe it."""

from enum import StrEnum


class Flag(StrEnum):
    """A fact about how a mail was written; none of them decides what becomes of it by itself."""

    HIDDEN_TEXT = "hidden_text"  # its HTML holds text that no reader sees; that text was left out
    HTML_DIFFERS = "html_differs"  # its HTML form shows other words than its plain form, which was read
    INVISIBLE_CHARACTERS = "invisible_characters"  # zero-width or direction characters inside words, left out
    ENCRYPTED = "encrypted"  # PGP or S/MIME: only a person with the key can read it
    WINMAIL_DAT = "winmail_dat"  # Outlook packed text or files into a file of its own format
    UNKNOWN_CHARSET = "unknown_charset"  # it names a charset that does not exist; the text was guessed
    BAD_ENCODING = "bad_encoding"  # its bytes are damaged or no text of the charset that it names
    CUT = "cut"  # longer than what is read of a mail; the end was not looked at
