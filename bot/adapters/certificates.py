"""Until when the certificate at the other end of a connection is valid."""

import ssl
from datetime import UTC, datetime


def valid_until(secured: object) -> datetime | None:
    """``secured``: what stands for the encrypted connection; None where it is not encrypted."""
    if not isinstance(secured, ssl.SSLObject | ssl.SSLSocket):
        return None
    ends = (secured.getpeercert() or {}).get("notAfter")
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(ends)), UTC) if ends else None
