"""The words of the desk, spelled as commands, tables and cards spell them."""

from enum import StrEnum


class RequestType(StrEnum):
    """A right that can be asked for, or what else a letter to a privacy desk can be."""

    ACCESS = "access"
    DELETION = "deletion"
    CORRECTION = "correction"
    PORTABILITY = "portability"
    OBJECTION = "objection"
    OPT_OUT = "opt_out"
    RESTRICTION = "restriction"
    CONSENT_WITHDRAWAL = "consent_withdrawal"
    POLICY_QUESTION = "policy_question"
    COMPLAINT = "complaint"
    STATUS_INQUIRY = "status_inquiry"
    NOT_PRIVACY = "not_privacy"


class Status(StrEnum):
    """Where a ticket stands."""

    TRIAGE = "triage"
    VERIFYING = "verifying"
    OPEN = "open"
    WAITING = "waiting"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How a closed ticket or request ended."""

    FULFILLED = "fulfilled"
    PARTLY_FULFILLED = "partly_fulfilled"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    UNVERIFIED = "unverified"
    ANSWERED = "answered"
    NOT_PRIVACY = "not_privacy"
    DUPLICATE = "duplicate"


class Result(StrEnum):
    """How a task of a work list ended."""

    DONE = "done"
    KEPT = "kept"
    NOTHING_FOUND = "nothing_found"
    NOT_APPLICABLE = "not_applicable"


class Ground(StrEnum):
    """On what a refusal rests, in whole or in part."""

    NOT_VERIFIABLE = "not_verifiable"  # nobody has shown that it is the person's own request
    NOT_HELD = "not_held"
    EXEMPT = "exempt"  # the law lets these data be kept, such as what has to be retained
    RIGHTS_OF_OTHERS = "rights_of_others"
    EXCESSIVE = "excessive"  # manifestly unfounded or excessive
    NOT_COVERED = "not_covered"  # the law gives no such right here


class Channel(StrEnum):
    """Where a requester wrote."""

    EMAIL = "email"
    SLACK = "slack"
    PHONE = "phone"
    POST = "post"
    COLLEAGUE = "colleague"


class MailKind(StrEnum):
    """What sort of mail a mail is, before anybody asks what it wants."""

    MESSAGE = "message"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    LIST = "list"
    OWN = "own"
    SPAM_REPORT = "spam_report"
