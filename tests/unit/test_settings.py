"""Settings: what each variable takes, every fault told at once, and no secret in anything that is shown."""

import base64
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.vocabulary import RequestType
from bot.settings import VARIABLES, ImapServer, Settings, SettingsFault, SmtpServer
from bot.settings.urls import is_loopback, without_password

KEY = base64.urlsafe_b64encode(bytes(range(200, 232))).decode()
OLD_KEY = base64.urlsafe_b64encode(bytes(32)).decode().rstrip("=")
SLACK = {
    "SLACK_BOT_TOKEN": "xoxb-12-ab",
    "SLACK_APP_TOKEN": "xapp-1-ab",
    "SLACK_STAFF_CHANNEL": "C0STAFF",
    "SLACK_STAFF": "U0ANNA,U0BERT",
}
SMTP = {"SMTP_URL": "smtps://desk:pw@mail.test"}


def load(directory: Path, /, *, require: tuple[str, ...] = (), **environ: str) -> Settings:
    return Settings.load(environ, directory, require=require)


def faults(directory: Path, /, *, require: tuple[str, ...] = (), **environ: str) -> tuple[str, ...]:
    with pytest.raises(SettingsFault) as caught:
        load(directory, require=require, **environ)
    return caught.value.lines


def told(directory: Path, /, **environ: str) -> list[str]:
    """The variables that a fault names, none where all is well."""
    try:
        load(directory, **environ)
    except SettingsFault as caught:
        return [line.partition(":")[0] for line in caught.lines]
    return []


def fault(directory: Path, /, **environ: str) -> str:
    (line,) = faults(directory, **environ)
    return line


# Where settings come from


def test_nothing_set_gives_the_defaults_of_the_contract(tmp_path):
    settings = load(tmp_path)
    assert settings.database_url == f"sqlite+aiosqlite:///{tmp_path}/var/desk.db"
    assert (settings.host, settings.port, settings.default_law) == ("127.0.0.1", 8080, "gdpr")
    assert (settings.auto_answer, settings.retention_months, settings.max_mail_mb) == (0.8, 24, 25)
    assert set(settings.four_eyes) == {RequestType.DELETION, RequestType.ACCESS, RequestType.PORTABILITY}
    assert (settings.imap, settings.smtp, settings.secret_keys, settings.warnings) == ((), None, (), ())
    assert settings.timezone.key == "UTC"


def test_the_file_is_read_and_the_environment_wins(tmp_path):
    (tmp_path / ".env").write_text("ORGANISATION='Linden & Co'\nPORT=9000  # inner\nexport STAFF_LANGUAGE=de\n")
    settings = load(tmp_path, PORT="9001")
    assert (settings.organisation, settings.port, settings.staff_language) == ("Linden & Co", 9001, "de")


def test_a_dollar_in_the_file_stays_a_dollar(tmp_path):
    (tmp_path / ".env").write_text("SMTP_URL=smtps://desk:a${HOME}b@mail.test\n")
    smtp = load(tmp_path).smtp
    assert smtp is not None
    assert smtp.password == "a${HOME}b"


def test_a_line_of_the_file_that_is_no_assignment_is_named_by_its_number(tmp_path):
    (tmp_path / ".env").write_text("PORT=9000\nthis is = not 'one\n")
    assert fault(tmp_path) == ".env: line 2 is not NAME=value"


def test_a_file_that_is_not_text_is_one_line(tmp_path):
    (tmp_path / ".env").write_bytes(b"ORGANISATION=\xff\xfe")
    assert fault(tmp_path) == ".env: cannot be read: it is not UTF-8 text"


def test_a_variable_set_to_nothing_is_not_set(tmp_path):
    assert load(tmp_path, PORT=" ", FOUR_EYES="").port == 8080
    assert faults(tmp_path, require=("ORGANISATION",), ORGANISATION=" ")[0].startswith("ORGANISATION: is missing")


def test_every_fault_is_told_at_once_with_an_example(tmp_path):
    lines = faults(
        tmp_path, require=("ORGANISATION", "PRIVACY_ADDRESS"), PORT="0", TIMEZONE="Moon/Base", LOG_LEVEL="loud"
    )
    names = [line.partition(":")[0] for line in lines]
    assert sorted(names) == ["LOG_LEVEL", "ORGANISATION", "PORT", "PRIVACY_ADDRESS", "TIMEZONE"]
    assert all(f"for example {name}=" in line for name, line in zip(names, lines, strict=True))


def test_only_some_settings_can_be_read_without_minding_the_others(tmp_path):
    environ = {"TIMEZONE": "Europe/Rome", "PORT": "0", "IMAP_URL": "nonsense"}
    assert Settings.load(environ, tmp_path, only=("TIMEZONE",)).timezone.key == "Europe/Rome"


def test_settings_are_frozen(tmp_path):
    with pytest.raises(AttributeError):
        load(tmp_path).port = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("FOUR_EYE", "FOUR_EYE: is not a setting; did you mean FOUR_EYES?"),
        ("SLACK_COLOUR", "SLACK_COLOUR: begins like a setting and is none; it is not used"),
    ],
)
def test_an_unknown_name_like_ours_is_warned_of_without_its_value(tmp_path, name, line):
    assert load(tmp_path, **{name: "hush-hush"}).warnings == (line,)


def test_names_of_others_are_no_warning(tmp_path):
    assert load(tmp_path, HOME="/root", LANG="C", HOSTNAME="box", PATH="/bin").warnings == ()


@pytest.mark.parametrize(
    "environ", [{"SLACK_APP_TOKEN": "xapp-1-ab"}, {"ALERT_ADDRESS": "oncall@desk.test"}], ids=["slack", "alert"]
)
def test_what_is_set_and_has_no_effect_is_warned_of(tmp_path, environ):
    assert len(load(tmp_path, **environ).warnings) == 1


def test_every_example_is_itself_a_good_value_or_a_pattern_with_an_ellipsis(tmp_path):
    (tmp_path / "custom").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "policy.md").touch()
    plain = {name: each.example for name, each in VARIABLES.items() if not {"…", "$"} & set(each.example)}
    assert len(plain) > 30
    Settings.load(plain | {"SECRET_KEYS": KEY}, tmp_path)


# Single values


@pytest.mark.parametrize(
    ("name", "text", "attribute", "value"),
    [
        (
            "PRIVACY_ALIASES",
            "gdpr@desk.test, dpo@desk.test,",
            "privacy_aliases",
            ("gdpr@desk.test", "dpo@desk.test"),
        ),
        ("HOLIDAYS", "DE-BY, GB-SCT", "holidays", ("DE-BY", "GB-SCT")),
        ("FOUR_EYES", "deletion,opt_out", "four_eyes", (RequestType.DELETION, RequestType.OPT_OUT)),
        ("FOUR_EYES", "none", "four_eyes", ()),
        ("AUTO_ANSWER", "off", "auto_answer", None),
        ("AUTO_ANSWER", "1", "auto_answer", 1.0),
        ("AUTO_ANSWER", "0", "auto_answer", 0.0),
        ("IMAP_SINCE", "2026-02-28", "imap_since", date(2026, 2, 28)),
        ("MAX_MAIL_MB", "0.5", "max_mail_mb", 0.5),
        ("LEARNING", "On", "learning", True),
        ("LEARNING", "off", "learning", False),
        ("LOG_LEVEL", "debug", "log_level", "DEBUG"),
        ("LOG_FORMAT", "JSON", "log_format", "json"),
        ("ORGANISATION", "株式会社\u3000例", "organisation", "株式会社\u3000例"),
        ("DEFAULT_LAW", "UK_GDPR", "default_law", "uk_gdpr"),
        ("PUBLIC_URL", "https://privacy.desk.test/in/", "public_url", "https://privacy.desk.test/in"),
        ("PUBLIC_URL", "http://127.0.0.1:8080", "public_url", "http://127.0.0.1:8080"),
        ("SLACK_API_URL", "http://[::1]:9/api", "slack_api_url", "http://[::1]:9/api/"),
        ("ACCOUNTS_URL", "https://crm.test/people", "accounts_url", "https://crm.test/people"),
        ("ACCOUNTS_SECRET", "sixteen-or-longer", "accounts_secret", "sixteen-or-longer"),
        ("SECRET_KEYS", f"{KEY},{OLD_KEY}", "secret_keys", (bytes(range(200, 232)), bytes(32))),
    ],
)
def test_a_good_value_is_read(tmp_path, name, text, attribute, value):
    assert getattr(load(tmp_path, **{name: text}), attribute) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PRIVACY_ADDRESS", "Desk <privacy@desk.test>"),
        ("PRIVACY_ADDRESS", "privacy"),
        ("PRIVACY_ALIASES", "gdpr@desk.test;dpo@desk.test"),
        ("ORGANISATION", "Linden\r\nBcc: all@desk.test"),
        ("ORGANISATION", "caf\udce9"),
        ("HOLIDAYS", "Bavaria"),
        ("HOLIDAYS", "XX"),
        ("TIMEZONE", "../../etc/passwd"),
        ("DEFAULT_LAW", "hammurabi"),
        ("FOUR_EYES", "deletoin"),
        ("FOUR_EYES", "none,deletion"),
        ("PORT", "65536"),
        ("PORT", "0"),
        ("PORT", "٨٠"),
        ("MAX_MAIL_MB", "0"),
        ("MAX_MAIL_MB", "-1"),
        ("RETENTION_MONTHS", "0"),
        ("AUTO_ANSWER", "1.01"),
        ("AUTO_ANSWER", "nan"),
        ("AUTO_ANSWER", "1e-1"),
        ("LEARNING", "1"),
        ("IMAP_SINCE", "31.01.2026"),
        ("LOG_FORMAT", "xml"),
        ("STAFF_LANGUAGE", "English"),
        ("PUBLIC_URL", "http://privacy.desk.test"),
        ("PUBLIC_URL", "https://"),
        ("PUBLIC_URL", "https://desk.test/?a=b"),
        ("SLACK_API_URL", "http://slack.com/api/"),
        ("WEBHOOK_URLS", "ftp://hooks.test"),
        ("SLACK_SUPPORT_CHANNELS", "#support"),
        ("SLACK_STAFF", "@anna"),
        ("SLACK_BOT_TOKEN", "xapp-1"),
        ("ACCOUNTS_URL", "accounts.csv"),
        ("ACCOUNTS_SECRET", "too-short"),
        ("ACCOUNTS_URL", "sql:sqlite:///crm.db"),
        ("ACCOUNTS_URL", "sql:sqlite:///crm.db#people; drop table people"),
        ("ACCOUNTS_URL", "http://crm.test/people"),
        ("POLICY_PATH", "no/such/policy.md"),
        ("POLICY_PATH", "."),
        ("POLICY_PATH", "templates"),
        ("POLICY_PATH", "x" * 5000),
        ("SLACK_SIGNING_SECRET", "two words"),
        ("CUSTOM_DIR", "no-such-directory"),
    ],
)
def test_a_bad_value_is_one_line_that_names_the_variable(tmp_path, name, text):
    line = fault(tmp_path, **{name: text})
    assert line.startswith(f"{name}: ")
    assert line.isprintable()


@pytest.mark.parametrize("key", ["c2hvcnQ=", "not base64 at all!", KEY + "AAAA"])
def test_a_secret_key_is_32_bytes_and_a_bad_one_is_not_repeated(tmp_path, key):
    line = fault(tmp_path, SECRET_KEYS=f"{KEY},{key}")
    assert line.startswith("SECRET_KEYS: ")
    assert key not in line
    assert KEY not in line


@pytest.mark.parametrize("name", ["FOUR_EYES", "LOG_LEVEL", "HOST", "PORT", "TIMEZONE"])
@given(value=st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_no_value_gets_more_than_a_fault(tmp_path_factory, name, value):
    assert told(tmp_path_factory.getbasetemp(), **{name: value}) in ([], [name])


# Paths


def test_relative_paths_start_at_the_working_directory(tmp_path):
    (tmp_path / "own").mkdir()
    settings = load(tmp_path, CUSTOM_DIR="own", ACCOUNTS_URL="csv:people.csv", DATABASE_URL="sqlite:///data/d.db")
    assert settings.custom_dir == tmp_path / "own"
    assert settings.accounts_url == f"csv:{tmp_path}/people.csv"
    assert settings.database_url == f"sqlite+aiosqlite:///{tmp_path}/data/d.db"


@pytest.mark.parametrize("environ", [{}, {"POLICY_PATH": "templates/policy.md"}], ids=["default", "named"])
def test_the_packaged_policy_stands_in_for_one_that_is_not_there(tmp_path, environ):
    assert load(tmp_path, **environ).policy_path.is_file()


def test_a_policy_of_the_working_directory_comes_before_the_packaged_one(tmp_path):
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "policy.md").touch()
    assert load(tmp_path).policy_path == tmp_path / "templates" / "policy.md"


def test_a_policy_of_the_custom_directory_comes_first(tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "policy.md").touch()
    assert load(tmp_path, CUSTOM_DIR="own").policy_path == tmp_path / "own" / "policy.md"


def test_laws_of_the_custom_directory_that_cannot_be_read_are_a_fault(tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "laws.toml").write_text("[gdpr\n")
    assert fault(tmp_path, CUSTOM_DIR="own").startswith("CUSTOM_DIR: ")


# The database


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("sqlite:////srv/desk.db", "sqlite+aiosqlite:////srv/desk.db"),
        ("postgres://d:p%40w@db.test/desk", "postgresql+asyncpg://d:p%40w@db.test/desk"),
        (
            "postgresql://d@db.test:5433/desk?sslmode=require",
            "postgresql+asyncpg://d@db.test:5433/desk?ssl=require",
        ),
        ("postgresql+asyncpg:///desk?host=/run/pg", "postgresql+asyncpg:///desk?host=%2Frun%2Fpg"),
    ],
)
def test_a_database_url_gets_its_async_driver(tmp_path, text, url):
    assert load(tmp_path, DATABASE_URL=text, SECRET_KEYS=KEY).database_url == url


@pytest.mark.parametrize(
    "text",
    [
        "mysql://desk:hush@db.test/desk",
        "postgresql+psycopg://desk:hush@db.test/desk",
        "postgresql://desk:hush@db.test",
        "postgresql://desk:hush/hush@db.test/desk",
        "postgresql://desk:hush@db.test:0/desk",
        "postgresql://desk:hush@db.test/desk?colour=hush",
        "postgresql://desk:hush@db.test/desk?sslrootcert=hush.pem",
        "sqlite://",
        "sqlite:///:memory:",
        "hush",
    ],
)
def test_a_bad_database_url_is_a_fault_that_does_not_repeat_it(tmp_path, text):
    line = fault(tmp_path, DATABASE_URL=text)
    assert line.startswith("DATABASE_URL: ")
    assert "hush" not in line


def test_postgresql_needs_secret_keys(tmp_path):
    assert fault(tmp_path, DATABASE_URL="postgres://d@db.test/desk").startswith("SECRET_KEYS: is required")


# Mail servers


def test_mailboxes_are_read_with_their_tls_ports_and_folders(tmp_path):
    (tmp_path / "ca.pem").touch()
    settings = load(
        tmp_path,
        IMAP_URL="imaps://desk%40desk.test:p%3Aw%2F@mail.test?junk=Junk%2BMail&ca=ca.pem  "
        "imap://other:pw@mail.test/Privacy%20Requests imap://third:pw@[::1]:1143/?tls=none",
        **SMTP,
    )
    assert settings.imap == (
        ImapServer(
            "mail.test", 993, "desk@desk.test", "p:w/", "INBOX", "Junk+Mail", "implicit", tmp_path / "ca.pem"
        ),
        ImapServer("mail.test", 143, "other", "pw", "Privacy Requests", None, "starttls", None),
        ImapServer("::1", 1143, "third", "pw", "INBOX", None, "none", None),
    )
    assert settings.imap[0].name == "desk@desk.test@mail.test:993"


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("smtps://desk:pw@mail.test", SmtpServer("mail.test", 465, "desk", "pw", "implicit")),
        ("smtp://desk:pw@mail.test", SmtpServer("mail.test", 587, "desk", "pw", "starttls")),
        ("smtp://127.0.0.2:2525?tls=none", SmtpServer("127.0.0.2", 2525, tls="none")),
    ],
)
def test_the_outgoing_server_is_read(tmp_path, text, server):
    assert load(tmp_path, SMTP_URL=text).smtp == server


@pytest.mark.parametrize(
    "text",
    [
        "imaps://desk:hush/hush@mail.test/INBOX",
        "imaps://desk:hush#hush@mail.test/INBOX",
        "imaps://desk:hush?hush@mail.test/INBOX",
        "imaps://desk:hush@mail.test:0/INBOX",
        "imaps://desk:hush@mail.test:port/INBOX",
        "imaps://desk:hush@/INBOX",
        "imaps://desk@mail.test/INBOX",
        "imaps://desk:hush@mail.test/INBOX?tls=none",
        "imap://desk:hush@mail.test/INBOX?tls=starttls",
        "imap://desk:hush@10.0.0.1/INBOX?tls=none",
        "imaps://desk:hush@mail.test/INBOX?ca=no-such-file",
        "imaps://desk:hush@mail.test/INBOX?verify=no",
        "imaps://desk:hush@mail.test/INBOX%0d%0aLOGOUT",
        "imaps://desk:hush%ff@mail.test/INBOX",
        "imaps://desk:hush@mail.test/INBOX#1",
        "imaps://desk:hush@mail.test imaps://desk:hush@mail.test/INBOX",
        "pop3://desk:hush@mail.test",
        "imaps://[desk:hush@mail.test",
        "hush",
    ],
)
def test_a_bad_mailbox_is_a_fault_that_does_not_repeat_it(tmp_path, text):
    line = fault(tmp_path, IMAP_URL=text, **SMTP)
    assert line.startswith("IMAP_URL: ")
    assert "hush" not in line


@given(st.text(max_size=60))
def test_any_text_for_a_mail_server_is_a_server_or_a_fault(text):
    assert told(Path("/nowhere"), SMTP_URL=f"smtp://{text}") in ([], ["SMTP_URL"])


@pytest.mark.parametrize("text", ["smtp://desk@mail.test", "smtp://:hush@mail.test", "smtp://mail.test?junk=x"])
def test_a_bad_outgoing_server_is_a_fault(tmp_path, text):
    assert fault(tmp_path, SMTP_URL=text).startswith("SMTP_URL: ")


# What settings ask of each other


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"IMAP_URL": "imaps://desk:pw@mail.test"}, "SMTP_URL"),
        ({**SLACK, "SLACK_STAFF_CHANNEL": ""}, "SLACK_STAFF_CHANNEL"),
        ({**SLACK, "SLACK_STAFF": ""}, "SLACK_STAFF"),
        ({**SLACK, "SLACK_APP_TOKEN": ""}, "SLACK_APP_TOKEN"),
        ({**SLACK, "SLACK_STAFF": "U0ANNA"}, "FOUR_EYES"),
        ({**SLACK, "SLACK_STAFF": "U0ANNA,U0ANNA"}, "FOUR_EYES"),
    ],
)
def test_what_one_setting_asks_of_another_is_a_fault_where_it_is_not_there(tmp_path, environ, named):
    assert fault(tmp_path, **environ).startswith(f"{named}: ")


@pytest.mark.parametrize(
    "environ",
    [
        SLACK,
        {**SLACK, "SLACK_STAFF": "S0TEAM"},
        {**SLACK, "SLACK_STAFF": "U0ANNA", "FOUR_EYES": "none"},
        {**SLACK, "SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": "0123456789abcdef"},
    ],
)
def test_enough_of_slack_is_no_fault(tmp_path, environ):
    assert load(tmp_path, **environ).slack_bot_token == "xoxb-12-ab"


def test_a_faulty_value_is_told_once_and_not_as_missing_too(tmp_path):
    assert fault(tmp_path, IMAP_URL="imaps://desk:pw@mail.test", SMTP_URL="mail.test").startswith("SMTP_URL: does")


def test_alerts_go_to_the_staff_channel_unless_they_have_their_own(tmp_path):
    assert load(tmp_path, **SLACK).slack_alert_channel == "C0STAFF"
    assert load(tmp_path, **SLACK, SLACK_ALERT_CHANNEL="C0ALERT").slack_alert_channel == "C0ALERT"


# Secrets


def test_no_secret_is_in_the_repr(tmp_path):
    settings = load(
        tmp_path,
        **{**SLACK, "SLACK_BOT_TOKEN": "xoxb-hush", "SLACK_APP_TOKEN": "xapp-hush"},
        IMAP_URL="imaps://desk:hush@mail.test",
        SMTP_URL="smtps://desk:hush@mail.test",
        DATABASE_URL="postgres://desk:hush@db.test/desk",
        ACCOUNTS_URL="sql:postgres://desk:hush@db.test/crm#people",
        WEBHOOK_URLS="https://hooks.test/hush",
        METRICS_TOKEN="hush-hush-hush",
        SLACK_SIGNING_SECRET="hush-hush-hush",
        SECRET_KEYS=KEY,
    )
    assert "hush" not in repr(settings)
    assert repr(settings.secret_keys[0]) not in repr(settings)


def test_a_url_is_shown_without_its_password():
    assert without_password("postgresql://desk:hu@sh@db.test/desk?password=hush") == "postgresql://db.test/desk"


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("localhost", True), ("127.9.9.9", True), ("::1", True), ("10.0.0.1", False), ("localhost.test", False)],
)
def test_loopback_is_this_machine_only(host, loopback):
    assert is_loopback(host) is loopback
