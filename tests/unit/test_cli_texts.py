"""The command line: its exits, and the commands that read a text and answer."""

import base64
import io
import json
import logging
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bot import cli
from bot.cli import main
from bot.cli.output import Failure, misuse, write_table
from bot.domain.understanding import Understanding
from bot.domain.vocabulary import RequestType
from bot.settings import VARIABLES, SettingsFault

ROOT = Path(cli.__file__).parent.parent.parent
POLICY = """# Privacy notice of Linden

## Sharing
- We never sell your personal data.
- Our printers in Graz receive addresses for parcels.

## Storage
- Invoices are kept for seven years.
"""
MAIL = b"""From: Ann Lee <ann@example.org>
To: privacy@desk.test
Subject: My data
Date: Mon, 2 Mar 2026 10:00:00 +0000
Message-ID: <one@example.org>
Content-Type: text/plain; charset=utf-8

Please send me a copy of my data.

On 1 March 2026 the desk wrote:
> What may we do for you?
"""


@pytest.fixture(autouse=True)
def _alone(monkeypatch, tmp_path):
    """A working directory without settings, and logging as it was."""
    root, hook = logging.getLogger(), threading.excepthook
    handlers, level = root.handlers[:], root.level
    monkeypatch.chdir(tmp_path)
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    yield
    root.handlers[:], threading.excepthook = handlers, hook
    root.setLevel(level)
    logging.captureWarnings(False)


@pytest.fixture
def run(monkeypatch, capsys):
    """Runs a command; gives its exit code, the lines of its output and those of its errors."""

    def command(*words: str, given: str | bytes = b"") -> tuple[int, list[str], list[str]]:
        raw = given.encode() if isinstance(given, str) else given
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8"))
        code = main(words)
        told = capsys.readouterr()
        return code, told.out.splitlines(), told.err.splitlines()

    return command


@pytest.fixture
def ask(run):
    """Runs a command on JSON Lines that must succeed; gives its answers."""

    def command(*words: str, given: str | bytes) -> list[dict]:
        code, lines, errors = run(*words, "--jsonl", given=given)
        assert (code, errors) == (0, [])
        return [json.loads(line) for line in lines]

    return command


def lines_of(*objects: object) -> str:
    return "".join(json.dumps(each) + "\n" for each in objects)


# Exits


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "Missing command"),
        (("deadlnie",), "Did you mean 'deadline'?"),
        (("deadline", "--colour"), "--colour"),
        (("deadline", "--paused", "many"), "--paused"),
        (("deadline", "--received", "2026-03-02"), "law is missing"),
        (("deadline", "--law", "hammurabi", "--received", "2026-03-02"), "hammurabi"),
        (("deadline", "--law", "gdpr", "--received", "yesterday"), "yesterday"),
        (("deadline", "--law", "gdpr", "--received", "2026-03-02", "--holidays", "XX"), "XX"),
        (("deadline", "--law", "gdpr", "--received", "2026-03-02", "--type", "revenge"), "revenge"),
        (("deadline", "--law", "gdpr", "--received", "2026-03-02", "--paused", "-3"), "-3"),
        (("deadline", "--law", "gdpr", "--received", "0001-01-01T00:00:00+14:00"), "0001"),
        (("excerpt", "--policy", "nowhere.md", "Why?"), "nowhere.md"),
    ],
)
def test_bad_usage_is_one_line_and_exit_2(run, words, says):
    code, output, errors = run(*words)
    assert (code, output, len(errors)) == (2, [], 1)
    assert says in errors[0]


@pytest.mark.parametrize("words", [("--help",), ("deadline", "--help")])
def test_help_is_exit_0(run, words):
    code, output, errors = run(*words)
    assert (code, errors) == (0, [])
    assert output[0].startswith("Usage: privacy-desk")


@pytest.mark.parametrize("word", [name for commands in cli.MODULES.values() for name in commands])
def test_every_command_of_the_table_is_there(run, word):
    assert run(word, "--help")[0] == 0


def test_faulty_settings_are_their_lines_and_exit_2(run, monkeypatch):
    monkeypatch.setenv("TIMEZONE", "Moon/Base")
    monkeypatch.setenv("HOLIDAYS", "Bavaria")
    code, output, errors = run("deadline", "--law", "gdpr", "--received", "2026-03-02")
    assert (code, output) == (2, [])
    assert [line.partition(":")[0] for line in errors] == ["HOLIDAYS", "TIMEZONE"]


def test_a_setting_that_a_command_does_not_use_does_not_stop_it(run, monkeypatch):
    monkeypatch.setenv("PORT", "0")
    assert run("deadline", "--law", "gdpr", "--received", "2026-03-02")[0] == 0


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (SettingsFault(["PORT: is odd", "HOST: is odd"]), 2, ["PORT: is odd", "HOST: is odd"]),
        (Failure("no ticket PR-AAAAAAAA"), 1, ["error: no ticket PR-AAAAAAAA"]),
        (misuse("two\nlines"), 2, ["error: two lines"]),
        (KeyboardInterrupt(), 130, []),
    ],
)
def test_each_end_of_a_command_has_its_code(run, monkeypatch, error, code, says):
    def end(_words: object) -> None:
        raise error

    monkeypatch.setattr(cli, "_run", end)
    assert run("classify") == (code, [], says)


@pytest.mark.parametrize(("level", "place"), [("INFO", False), ("DEBUG", True)])
def test_a_fault_of_the_desk_is_one_line_without_its_values(run, monkeypatch, level, place):
    def fail(_words: object) -> None:
        raise ValueError("Dear Sir")

    monkeypatch.setattr(cli, "_run", fail)
    monkeypatch.setenv("LOG_LEVEL", level)
    code, _, errors = run("classify")
    assert (code, len(errors)) == (1, 1)
    assert "please report" in errors[0]
    assert "Dear Sir" not in errors[0]
    assert ("test_cli_texts.py:" in errors[0]) is place


def python(*words: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    environ = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "PYTHONWARNINGS": "error"}
    return subprocess.run([sys.executable, *words], env=environ, capture_output=True, check=False, **options)


def test_the_module_runs_and_imports_neither_database_nor_slack_nor_web():
    code = "import sys; from bot.cli import main; main(sys.argv[1:]); print(*sys.modules)"
    ended = python("-c", code, "deadline", "--law", "gdpr", "--received", "2026-03-02", "--json")
    answer, modules = ended.stdout.decode().splitlines()
    assert json.loads(answer)["respond_by"] == "2026-04-02"
    heavy = {"sqlalchemy", "slack_bolt", "slack_sdk", "aiohttp", "jinja2", "py3langid"}
    assert not heavy & set(modules.split())


def test_a_reader_that_leaves_early_hears_no_complaint():
    reading, writing = os.pipe()
    os.close(reading)
    environ = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]}
    words = [sys.executable, "-m", "bot", "deadline", "--law", "gdpr", "--received", "2026-03-02"]
    ended = subprocess.run(words, env=environ, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (1, b"")


def test_a_table_that_nobody_looks_at_is_tab_separated_and_steers_no_terminal(capsys):
    write_table(("reference", "name"), [("PR-AAAAAAAA", "A\x1b[2J\tB\n")])
    assert capsys.readouterr().out == "reference\tname\nPR-AAAAAAAA\tA [2J B \n"


# JSON Lines


def test_a_broken_line_is_answered_and_the_next_one_read(ask):
    given = (
        b'{"id": 1, "law": "gdpr", "received": "2026-03-02"}\n\n'
        b'not json\n[1]\n{"id": 2}\n{"id": 3, "law": 5, "received": "2026-03-02"}\n'
        b'{"id": 4, "law": "gdpr", "received": NaN}\n' + b"[" * 100_000 + b"\n"
        b'{"id": "\\ud800", "law": "x\xff", "received": "2026-03-02"}\n'
        b'{"id": 6, "law": "gdpr", "received": "2026-03-02"}'
    )
    answers = ask("deadline", given=given)
    assert [answer["id"] for answer in answers] == [1, None, None, 2, 3, None, None, "\ud800", 6]
    assert [answer["id"] for answer in answers if "error" not in answer] == [1, 6]
    assert answers[3]["error"] == "law is missing"


def test_a_line_that_makes_a_fault_of_the_desk_does_not_end_the_others(run, monkeypatch):
    def stumble(text: str, subject: str = "") -> None:
        raise RuntimeError(text)

    monkeypatch.setattr("bot.domain.understanding.classify", stumble)
    code, output, errors = run("classify", "--jsonl", given=lines_of({"id": 1, "text": "Dear Sir"}, {"id": 2}))
    assert code == 0
    assert [json.loads(line)["error"] for line in output] == [
        "could not be answered (RuntimeError)",
        "text is missing",
    ]
    assert "Dear Sir" not in "".join(errors)


def test_a_line_is_answered_before_the_next_one_is_written():
    words = [sys.executable, "-m", "bot", "deadline", "--jsonl"]
    environ = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(words, env=environ, bufsize=0, **pipes) as process:
        for number in (1, 2):
            process.stdin.write(lines_of({"id": number, "law": "gdpr", "received": "2026-03-02"}).encode())
            assert json.loads(process.stdout.readline())["id"] == number
        process.stdin.close()
        assert process.wait() == 0


def test_a_line_that_is_too_long_is_refused_and_skipped(ask, monkeypatch):
    monkeypatch.setattr("bot.cli.jsonl.LONGEST_LINE", 64)
    given = '{"id": 1, "law": "' + "x" * 500 + '"}\n{"id": 2}\n'
    assert [answer["error"] for answer in ask("deadline", given=given)] == [
        "the line is too long",
        "law is missing",
    ]


# classify


def test_classify_answers_with_the_keys_of_the_contract(ask):
    (answer,) = ask("classify", given=lines_of({"id": "a", "text": "Please delete my account and all my data."}))
    assert answer["request_types"] == ["deletion"]
    assert answer["language"] == "en"
    assert set(answer) == {"id", "request_types", "confidence", "language", "laws", "agent"}


def test_classify_adds_what_else_a_text_says(ask):
    (answer,) = ask(
        "classify", given=lines_of({"text": "Our ref: QX/77. Please delete all my data within 14 days."})
    )
    assert answer["particulars"]["reference"]["value"] == "QX/77"
    assert answer["particulars"]["deadline"]["line"] == "Please delete all my data within 14 days."


def test_classify_says_that_it_abstains_and_still_guesses(ask, monkeypatch):
    types = (RequestType.ACCESS, RequestType.DELETION)
    unsure = Understanding(types, 0.3, abstain=True, language="de", laws=("gdpr",), agent=True, evidence=())
    monkeypatch.setattr("bot.domain.understanding.classify", lambda text, subject: unsure)
    assert ask("classify", given=lines_of({"id": 1, "text": "Hm?", "subject": None})) == [
        {
            "id": 1,
            "request_types": ["access", "deletion"],
            "confidence": 0.3,
            "language": "de",
            "laws": ["gdpr"],
            "agent": True,
            "abstain": True,
        }
    ]


def test_classify_reads_one_text_with_bytes_that_are_no_utf8(run):
    code, (line,), _ = run("classify", given=b"Please delete all my data. Gr\xfc\xdfe")
    assert code == 0
    assert json.loads(line)["request_types"] == ["deletion"]


def test_classify_speaks_plainly_to_a_person(run, monkeypatch):
    monkeypatch.setattr("bot.cli.texts.on_terminal", lambda: True)
    _, output, _ = run("classify", given="Please delete all my data.")
    assert "request_types  deletion" in output


# excerpt


@pytest.fixture
def policy(tmp_path) -> str:
    path = tmp_path / "linden.md"
    path.write_text(POLICY)
    return str(path)


def test_excerpt_finds_the_statement_word_for_word(run, policy):
    code, (line,), _ = run("excerpt", "--policy", policy, "Do you sell my data?")
    answer = json.loads(line)
    assert code == 0
    assert set(answer) == {"id", "answerable", "confidence", "excerpts"}
    assert set(answer["excerpts"][0]) == {"anchor", "section", "text", "score"}
    assert answer["excerpts"][0]["text"] == "We never sell your personal data."
    assert answer["excerpts"][0]["section"] == "Sharing"


def test_excerpt_answers_lines_in_their_order(ask, policy):
    given = lines_of({"id": 1, "question": "How long are invoices kept?"}, {"id": 2, "question": ""})
    first, second = ask("excerpt", "--policy", policy, given=given)
    assert first["excerpts"][0]["text"] == "Invoices are kept for seven years."
    assert (second["id"], second["answerable"], second["excerpts"]) == (2, False, [])


def test_excerpt_takes_the_question_from_standard_input_and_the_policy_from_the_settings(run, policy, monkeypatch):
    monkeypatch.setenv("POLICY_PATH", policy)
    _, (line,), _ = run("excerpt", given="Do you sell my data?")
    assert json.loads(line)["excerpts"][0]["text"] == "We never sell your personal data."


def test_excerpt_tells_a_person_that_the_policy_is_silent(run, policy, monkeypatch):
    monkeypatch.setattr("bot.cli.texts.on_terminal", lambda: True)
    _, output, _ = run("excerpt", "--policy", policy, "zzz")
    assert output == ["The policy does not seem to answer this."]


# laws


def test_laws_prints_the_pack_with_the_operators_own_over_it(run, tmp_path, monkeypatch):
    (tmp_path / "laws.toml").write_text('[gdpr]\nreviewed_by = "R. Firefly"\nreviewed = "0123456789abcdef"\n')
    monkeypatch.setenv("CUSTOM_DIR", str(tmp_path))
    code, lines, _ = run("laws")
    assert code == 0
    assert any("**it is not what R. Firefly signed**" in line for line in lines)


# deadline


def deadline(run, *words: str) -> dict:
    code, (line,), _ = run("deadline", "--json", *words)
    assert code == 0
    return json.loads(line)


def test_deadline_answers_with_the_keys_of_the_contract(run):
    answer = deadline(run, "--law", "gdpr", "--received", "2026-12-01", "--holidays", "DE-BY,GB-SCT")
    assert list(answer) == [
        "law",
        "acknowledge_by",
        "acknowledge_act_by",
        "respond_by",
        "act_by",
        "extended_by",
        "rule",
    ]
    assert (answer["respond_by"], answer["act_by"]) == ("2027-01-04", "2026-12-31")
    assert answer["acknowledge_by"] is None


def test_deadline_takes_holidays_from_the_settings_where_none_are_given(run, monkeypatch):
    monkeypatch.setenv("HOLIDAYS", "DE")
    assert deadline(run, "--law", "gdpr", "--received", "2026-12-01")["respond_by"] == "2027-01-04"


def test_deadline_counts_from_the_day_that_it_is_for_the_controller(run, monkeypatch):
    late = ("--law", "gdpr", "--received", "2026-03-02T23:30:00-08:00")
    assert deadline(run, *late)["respond_by"] == "2026-04-03"
    monkeypatch.setenv("TIMEZONE", "America/Los_Angeles")
    assert deadline(run, *late)["respond_by"] == "2026-04-02"


def test_deadline_by_options_and_by_lines_is_the_same(run, ask):
    options = ("--law", "uk_gdpr", "--received", "2026-03-02", "--verified", "2026-03-09", "--paused", "4")
    more = ("--extended", "--type", "deletion", "--holidays", "GB-SCT", "--holidays", "GB-NIR")
    given = {"law": "uk_gdpr", "received": "2026-03-02", "verified": "2026-03-09", "paused": 4, "extended": True}
    first, second = ask(
        "deadline",
        given=lines_of(
            {"id": 1, **given, "type": "deletion", "holidays": ["GB-SCT", "GB-NIR"]},
            {"id": 2, **given, "type": "deletion", "holidays": "GB-SCT,GB-NIR"},
        ),
    )
    once = deadline(run, *options, *more)
    assert first == {"id": 1, **once}
    assert second == {"id": 2, **once}
    assert once["respond_by"] == once["extended_by"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("paused", "4"),
        ("paused", True),
        ("extended", "yes"),
        ("holidays", {"DE": 1}),
        ("holidays", [1]),
        ("type", 7),
    ],
)
def test_deadline_refuses_a_value_of_another_kind(ask, name, value):
    (answer,) = ask("deadline", given=lines_of({"id": 1, "law": "gdpr", "received": "2026-03-02", name: value}))
    assert answer["error"].startswith(name)


def test_deadline_knows_the_laws_of_the_custom_directory(run, monkeypatch, tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "laws.toml").write_text("[gdpr\n")
    monkeypatch.setenv("CUSTOM_DIR", "own")
    code, _, errors = run("deadline", "--law", "gdpr", "--received", "2026-03-02")
    assert (code, len(errors)) == (2, 1)
    assert "laws.toml" in errors[0]


def test_deadline_speaks_plainly_without_json(run):
    _, output, _ = run("deadline", "--law", "gdpr", "--received", "2026-03-02")
    assert "respond by          2026-04-02" in output


# reply


def test_reply_strips_the_quoted_history(run):
    code, (line,), _ = run("reply", given=MAIL)
    answer = json.loads(line)
    assert code == 0
    assert set(answer) == {"id", "subject", "from", "text", "reply", "kind", "attachments"}
    assert (answer["subject"], answer["from"], answer["kind"]) == ("My data", "ann@example.org", "message")
    assert answer["reply"] == "Please send me a copy of my data."
    assert "What may we do for you?" in answer["text"]


def test_reply_reads_lines_of_base64(ask):
    given = lines_of({"id": 1, "eml_base64": base64.encodebytes(MAIL).decode()}, {"id": 2, "eml_base64": "%%%"})
    first, second = ask("reply", given=given)
    assert (first["id"], first["reply"]) == (1, "Please send me a copy of my data.")
    assert second == {"id": 2, "error": "eml_base64 is not base64"}


def test_reply_lists_attachments_by_name_type_and_size(run):
    part = b'--x\nContent-Type: text/csv\nContent-Disposition: attachment; filename="my.csv"\n\na,b\n--x--\n'
    head = b"From: ann@example.org\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n"
    _, (line,), _ = run("reply", given=head + b"--x\nContent-Type: text/plain\n\nHello\n" + part)
    (attachment,) = json.loads(line)["attachments"]
    assert (attachment["filename"], attachment["content_type"]) == ("my.csv", "text/csv")
    assert attachment["size"] in (3, 4)
