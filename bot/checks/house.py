"""What the desk finds on its own machine: database, policy, letters, laws and calendars."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from jinja2 import TemplateError

from bot.adapters.rendering import Letters, languages
from bot.checks.finding import Finding, failed, not_set, note, ok
from bot.domain.calendars import holidays_of, spoken
from bot.domain.fulfilment import account, tasks_for
from bot.domain.laws import LawPack
from bot.domain.letters import LetterContext, LetterName
from bot.domain.policy import Policy, misquotations
from bot.domain.vocabulary import RequestType, Status
from bot.opening import letter_folders, opened_store, read_published
from bot.settings import Settings, SettingsFault
from bot.store import inbox
from bot.store.engine import is_sqlite, sqlite_path
from bot.store.faults import StoreFault

REQUIRED = ("ORGANISATION", "PRIVACY_ADDRESS")


async def names(settings: Settings) -> Sequence[Finding]:
    """What ``run`` cannot do without, and the settings that have no effect."""
    missing = [name for name in REQUIRED if not getattr(settings, name.lower())]
    found = [failed(name, "is missing, and run needs it; set it, or run: init") for name in missing]
    return found + [note(*line.split(": ", 1)) for line in settings.warnings]


async def database(settings: Settings) -> Sequence[Finding]:
    """Whether it is there, at the current schema, and opened by the keys."""
    url = settings.database_url
    if is_sqlite(url) and not sqlite_path(url).exists():
        return [note("DATABASE_URL", f"there is no {sqlite_path(url).name} yet; run makes it")]
    try:
        async with opened_store(settings) as store, store.reading() as work:
            waiting, aside = await inbox.waiting(work), len(await inbox.quarantined(work))
            older = await store.keys.older()
    except StoreFault as fault:
        name, _, what = str(fault).partition(": ")
        return [failed(name, what)]
    found = [ok("DATABASE_URL", f"at the current schema, and its keys open; {waiting} in the inbox")]
    if older:
        found.append(note("SECRET_KEYS", f"{older} keys are not under the newest yet; run: keys rotate"))
    return found + ([note("quarantine", f"{aside} wait for a decision; see quarantine list")] if aside else [])


async def policy_and_letters(settings: Settings) -> Sequence[Finding]:
    """Reads the policy and writes every letter once."""
    try:
        policy = read_published(settings.policy_path)
    except SettingsFault as fault:
        return [failed("POLICY_PATH", line.removeprefix("POLICY_PATH: ")) for line in fault.lines]
    about = f"{settings.policy_path.name}, version {policy.version}, {len(policy.statements)} statements"
    faults = [failed("letters", fault) for fault in _letter_faults(settings, policy)]
    written = ", ".join(languages(letter_folders(settings)))
    return [ok("POLICY_PATH", about), *(faults or [ok("letters", f"each can be written, in {written}")])]


def _letter_faults(settings: Settings, policy: Policy) -> Iterator[str]:
    folders = letter_folders(settings)
    letters, sample = Letters(folders), _sample(settings, policy)
    for language in languages(folders):
        for name in LetterName:
            try:
                letter = letters.write(name, language, sample)
                letters.html(letter.text, letter.language)
            except (TemplateError, ValueError) as fault:
                yield f"{language}/{name}.txt: {fault}; mend it, or take it out of CUSTOM_DIR"
            else:
                yield from (
                    f"{language}/{name}.txt quotes the policy wrongly: {line[:80]}; quote it word for word"
                    for line in misquotations(letter.text, policy)[:1]
                )


def _sample(settings: Settings, policy: Policy) -> LetterContext:
    types = (RequestType.DELETION, RequestType.OPT_OUT)
    return LetterContext(
        organisation=settings.organisation or "Example Ltd",
        privacy_address=settings.privacy_address or "privacy@example.org",
        reference="PR-7K3M9QZ2",
        request_types=types,
        due_on=datetime.now(settings.timezone).date(),
        due_rule="One month from receipt.",
        code="00000000",
        excerpts=policy.for_request(types),
        policy_version=policy.version,
        policy_date=policy.date,
        policy_language=policy.language,
        account=account(tasks_for(types, policy.inventory), policy),
        recipients=policy.inventory.received(),
        status=Status.OPEN,
        authority=settings.authority or "the supervisory authority",
        reason="The reason stands here.",
    )


async def laws(settings: Settings) -> Sequence[Finding]:
    """The default law, and whether a lawyer has signed the numbers of the pack."""
    pack = LawPack.load(settings.laws_path)
    found = ok("DEFAULT_LAW", f"{settings.default_law}, of {len(pack.codes())} laws")
    unsigned = [code for code in pack.codes() if pack[code].signature_fault]
    notes = [note("laws", f"{code}: {pack[code].signature_fault}") for code in unsigned if pack[code].reviewed_by]
    if settings.default_law in unsigned or len(unsigned) == len(pack.codes()):
        what = f"no lawyer has signed {len(unsigned)} of them, {settings.default_law} among them; see docs/laws.md"
        notes.append(note("laws", what))
    return [found, *notes]


async def days(settings: Settings) -> Sequence[Finding]:
    """When a day begins, and the next holiday of each region."""
    now = datetime.now(settings.timezone)
    found = [ok("TIMEZONE", f"{settings.timezone.key}, where it is {now:%H:%M on %A}")]
    for code in settings.holidays:
        coming = {**holidays_of(code, now.year), **holidays_of(code, now.year + 1)}
        day = min((each for each in coming if each >= now.date()), default=None)
        what = f"{code}, the next holiday is {coming[day]} on {spoken(day)}" if day else f"{code} has no holidays"
        found.append(ok("HOLIDAYS", what))
    return found if settings.holidays else [*found, not_set("HOLIDAYS", "due dates avoid weekends only")]
