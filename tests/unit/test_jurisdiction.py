"""Which laws a matter may be under, and on what evidence."""

import pytest

from bot.domain.jurisdiction import Evidence, applicable, country_of_zone
from bot.domain.lawpack import LawPack

PACK = LawPack.load()


@pytest.mark.parametrize(
    ("given", "laws", "evidence"),
    [
        ({}, ("gdpr",), Evidence.DEFAULT),
        ({"named": ("ccpa",), "country": "KR", "time_zone": "Asia/Tokyo", "language": "pl"}, ("ccpa",), "named"),
        ({"named": ("pipl",), "country": "KR"}, ("pipa",), Evidence.ACCOUNT),
        ({"country": "US-CA", "time_zone": "Asia/Seoul", "language": "ko"}, ("ccpa",), Evidence.ACCOUNT),
        ({"country": "US", "time_zone": "Europe/London"}, ("gdpr",), Evidence.DEFAULT),
        ({"country": "Somewhere", "time_zone": "Europe/London"}, ("uk_gdpr",), Evidence.TIME_ZONE),
        ({"country": "CN", "language": "ko"}, ("gdpr",), Evidence.DEFAULT),
        ({"time_zone": "Etc/UTC", "language": "ko"}, ("gdpr", "pipa"), Evidence.LANGUAGE),
        ({"time_zone": "Asia/Seoul", "language": "ja"}, ("pipa",), Evidence.TIME_ZONE),
        ({"time_zone": "America/Los_Angeles"}, ("gdpr",), Evidence.DEFAULT),
        ({"time_zone": "Etc/UTC"}, ("gdpr",), Evidence.DEFAULT),
        ({"language": "ko"}, ("gdpr", "pipa"), Evidence.LANGUAGE),
        ({"language": "de"}, ("gdpr",), Evidence.DEFAULT),
        ({"language": "und"}, ("gdpr",), Evidence.DEFAULT),
    ],
)
def test_the_strongest_evidence_counts_and_a_language_only_beside_the_default(given, laws, evidence):
    found = applicable(PACK, "gdpr", **given)
    assert (found.laws, found.evidence) == (laws, evidence)


def test_a_language_that_several_laws_share_hints_at_none():
    assert applicable(PACK, "ccpa", language="fr").laws == ("ccpa",)
    assert applicable(PACK, "ccpa", language="pl").laws == ("ccpa", "gdpr")


@pytest.mark.parametrize(
    ("zone", "country"),
    [
        ("Europe/Amsterdam", "NL"),
        ("Europe/Zurich", "CH"),
        ("Asia/Calcutta", "IN"),
        ("Australia/Canberra", "AU"),
        ("America/Sao_Paulo", "BR"),
        ("GMT", ""),
        ("", ""),
        ("../../etc/passwd", ""),
    ],
)
def test_a_time_zone_says_its_country_under_its_older_names_too(zone, country):
    assert country_of_zone(zone) == country
