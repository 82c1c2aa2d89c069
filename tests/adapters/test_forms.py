"""The forms of a ticket are modals that Slack takes, whatever the law, the status and the words in them."""

from dataclasses import replace
from datetime import date

import pytest

from bot.adapters.choices import LABELS, choices
from bot.adapters.forms import notice
from bot.adapters.forms.intake import intake
from bot.adapters.forms.staff import FORMS, Facts, form
from bot.demo.slack.blockkit import check_blocks, check_view
from bot.domain.lawpack import LawPack
from bot.domain.vocabulary import Ground, RequestType, Status

LAWS = LawPack.load()
TITLES = {code: LAWS[code].title for code in LAWS.codes()}
FACTS = Facts(
    seen="PR-7K2M9QXT#12",
    reference="PR-7K2M9QXT",
    status="open",
    types=tuple(RequestType),
    open_types=tuple(RequestType),
    unproven=tuple(RequestType),
    two_people=tuple(RequestType),
    law="gdpr",
    laws=TITLES,
    days=dict.fromkeys(TITLES, "Due 2 September 2026"),
    short="GDPR",
    grounds={},
    told=(),
    duties=(),
    stops=True,
    due_on=date(2026, 4, 2),
    assignee="U0ADA",
    acknowledged=True,
    suggested=True,
    name="Robin",
    address="robin@letters.example",
    notice_by=date(2026, 4, 2),
    extended_to=date(2026, 6, 2),
)


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("status", Status)
def test_every_form_is_a_modal_that_slack_takes(name: str, status: Status) -> None:
    assert check_view(form(name, replace(FACTS, status=status)), kind="modal") == []


@pytest.mark.parametrize("name", FORMS)
def test_words_of_any_length_and_kind_stay_within_slacks_limits_and_inert(name: str) -> None:
    long = "<!channel> & so on " * 300
    grounds = dict.fromkeys(Ground, long)
    facts = replace(
        FACTS, short=long, told=[long] * 9, duties=[long], grounds=grounds, name=long, laws={"gdpr": long}
    )
    view = form(name, facts)
    assert check_view(view, kind="modal") == []
    assert "<!channel>" not in str([each for each in view["blocks"] if each["type"] == "section"])


@pytest.mark.parametrize("law", LAWS.codes())
def test_a_refusals_form_says_every_sentence_of_the_law(law: str) -> None:
    routes = [each.cited for each in LAWS[law].routes]
    duties = [each.cited for each in LAWS[law].denial if each not in LAWS[law].routes]
    facts = replace(FACTS, short=LAWS[law].short, grounds=LAWS[law].grounds, told=routes, duties=duties)
    said = str(form("ticket_deny", facts)["blocks"])
    assert [
        each for each in (*routes, *duties) if each.replace("&", "&amp;") not in said.replace("\\'", "'")
    ] == []
    assert routes or duties


@pytest.mark.parametrize("law", LAWS.codes())
def test_a_law_cites_no_ground_that_cannot_be_chosen(law: str) -> None:
    assert set(LAWS[law].grounds) <= set(Ground)
    assert all(LAWS[law].grounds.values())


def test_the_form_of_an_entry_is_a_modal_that_slack_takes() -> None:
    assert check_view(intake(TITLES, "gdpr", date(2026, 3, 2)), kind="modal") == []
    assert check_view(notice("Not done", "<!channel> " * 900), kind="modal") == []


@pytest.mark.parametrize("taken", [True, False])
@pytest.mark.parametrize("status", Status)
def test_what_a_card_offers_is_taken_by_slack_and_every_form_can_be_reached(status: Status, taken: bool) -> None:
    assert check_blocks(choices(status, "PR-7K2M9QXT", taken=taken)) == []
    everywhere = str([choices(each, "PR-7K2M9QXT", taken=False) for each in Status])
    assert [name for name in LABELS if name not in everywhere] == ["ticket_why", "ticket_new"]
