"""What staff must look at before anything else: codes as tickets hold them, and the sentences that staff read."""

from collections.abc import Iterable

CONCERNS: dict[str, str] = {
    "account_elsewhere": "The letter is about an account at another address. That address has been asked to "
    "confirm; until it does, a code proves only the mailbox that wrote.",
    "several_accounts": "The letter names several accounts, or another one than before. Nobody was asked to "
    "confirm: find out which one is meant, and verify by hand.",
    "shared_address": "Several accounts have the address that wrote, and the letter does not say which one "
    "is meant. Find out, and that the writer is its holder; verify by hand.",
    "name_elsewhere": "Somebody of this name has an account at another address. A name proves nothing: ask the "
    "requester to write from the address that they use with you, or verify by hand.",
    "no_account": "The directory knows neither this address nor anything that the letter names. A code proves the "
    "mailbox that wrote and nothing about any account.",
    "directory_down": "The directory of accounts did not answer. Until it does, a code proves only the mailbox "
    "that wrote; it is asked again when a code comes.",
    "third_party": "The letter asks about somebody else and acts for nobody. Data go to that person alone. If its "
    "writer means their own data after all, or may act, verify by hand.",
    "agent": "Somebody writes for a client, a customer or another person (11 CCR 7063; EDPB Guidelines 01/2022 "
    "para. 80-81). Signed permission was asked for; never demand a power of attorney, but look at one that comes.",
    "guardian": "A guardian writes. The decision that makes them one was asked for; look at how far it goes.",
    "parent": "A parent writes for a child. A statement that they hold parental responsibility was asked for; "
    "look at the child's age and interest, and at whether the law lets the child decide alone.",
    "heir": "It is about somebody who has died. The GDPR gives the dead no rights (Recital 27), national law may; "
    "evidence of the death and of who speaks for the estate was asked for. Think of what was confidential.",
    "child": "It speaks of a person under age. A child has these rights too: look at who should decide, and "
    "answer in words that a child understands.",
    "no_authority": "Nobody has shown yet that the writer may act. No code of theirs proves anything about the "
    "person: either that person confirms at the address on file, or you verify by hand and say what you saw.",
    "authority_sent": "Something came along that may be the authority. It proves nothing by itself: look at it in "
    "the mailbox, then verify by hand, or ask back.",
    "another_person": "A later letter speaks for or about somebody else. What was proven here is about its writer "
    "alone: give nothing of the other person to them.",
    "loop": "This address had so many automatic answers within a day that a machine must be reading them, or that "
    "somebody forges it. Nothing leaves by itself until you say what it is, or release the ticket.",
    "denied_by_owner": "Somebody whom we mailed a code says that they did not ask. Treat it as an attempt by "
    "somebody else.",
    "address_change": "The letter asks for another contact address. Only a code of the address on file "
    "confirms that; change nothing in the account before.",
    "address_disputed": "The address that wrote may be the very one that is to take the place of another. A code "
    "from it proves nothing about the old one: reach the account's holder there, on a way that you know.",
    "cooling_off": "A change of the contact address was asked for a short while ago, and the old address has not "
    "confirmed it. What discloses or erases cannot leave before the cooling-off has ended.",
    "identity_document": "A picture or scan that may be an identity document came along. It proves nothing by "
    "itself; use it only if you must, and do not keep it.",
    "html_differs": "The letter says one thing as plain text and another as HTML. The plain text was read; look "
    "at the original before you act on either.",
    "hidden_text": "The letter's HTML holds text that its reader does not see. It was left out.",
    "invisible_characters": "The letter holds characters that cannot be seen or that turn text around. They were "
    "taken out.",
    "encrypted": "The letter is encrypted and could not be read. Ask for it unencrypted, or read the original.",
    "winmail_dat": "The letter came in Outlook's own form (winmail.dat) and could not be read whole. Look at the "
    "original.",
}


def sentences(codes: Iterable[str]) -> tuple[str, ...]:
    """What staff read of these codes, in the order of the table; a code without a sentence stands for itself."""
    known = list(codes)
    rest = (each.replace("_", " ") for each in known if each not in CONCERNS)
    return (*(text for code, text in CONCERNS.items() if code in known), *rest)
