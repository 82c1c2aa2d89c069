"""What docs/deploy hands to an operator: commands and paths that are there, and no more rights than needed."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import typer

from bot import cli
from bot.settings import VARIABLES, Settings
from bot.settings.sources import variables
from tests import pages

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "docs/deploy"
COMMANDS = set(typer.main.get_command(cli.build()).commands)


@pytest.mark.parametrize("path", pages.PAGES)
def test_a_page_made_from_the_code_is_as_the_code_is(path: str) -> None:
    made = pages.PAGES[path]()
    assert (ROOT / path).read_text("utf-8") == made, "write it anew: python -m tests.pages"


def test_the_example_has_each_setting_and_is_one_that_can_be_read(tmp_path: Path) -> None:
    text = (DEPLOY / "env.example").read_text("utf-8")
    assert re.findall(r"(?m)^(?:# )?([A-Z_]+)=", text) == list(VARIABLES)
    (tmp_path / ".env").write_text(text, "utf-8")
    settings = Settings.load({}, tmp_path)
    assert (settings.organisation, settings.warnings) == ("Example Ltd", ())
    assert set(variables({}, tmp_path)) == {"ORGANISATION", "PRIVACY_ADDRESS", "IMAP_URL", "SMTP_URL"}


def test_the_unit_is_one_that_systemd_takes(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if not analyze:
        pytest.skip("needs the Debian package systemd")
    unit = (DEPLOY / "privacy-desk.service").read_text("utf-8")
    here = tmp_path / "privacy-desk.service"
    here.write_text(unit.replace("/opt/privacy-desk/.venv/bin/python", "/bin/true"), "utf-8")
    done = subprocess.run([analyze, "verify", "--man=no", str(here)], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_unit_procfile_and_image_call_commands_that_are_there() -> None:
    unit = re.findall(r"(?m)^Exec\w+=.* -m bot (\w+)", (DEPLOY / "privacy-desk.service").read_text("utf-8"))
    procfile = re.findall(r"-m bot (\w+)", (ROOT / "Procfile").read_text("utf-8"))
    image = re.findall(r'(?m)^CMD \["(\w+)"\]', (DEPLOY / "Dockerfile").read_text("utf-8"))
    assert (unit, procfile, image) == (["migrate", "run"], ["migrate", "run"], ["run"])
    assert {*unit, *procfile, *image} <= COMMANDS


def test_the_image_runs_as_nobody_special_and_takes_in_what_is_there_and_no_secret() -> None:
    lines = (DEPLOY / "Dockerfile").read_text("utf-8").splitlines()
    assert [line for line in lines if line.startswith("USER")] == ["USER 10001"]
    assert lines.index("USER 10001") > max(n for n, line in enumerate(lines) if line.startswith("RUN"))
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    taken = [line[1:] for line in ignored if line.startswith("!")]
    assert "*" in ignored
    assert [path for path in taken if not (ROOT / path).exists()] == []


def test_compose_brings_the_database_to_its_schema_before_the_desk_runs() -> None:
    yaml = pytest.importorskip("yaml")
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]
    assert set(services) == {"database", "migrate", "desk"}
    assert services["desk"]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    assert services["migrate"]["command"] == ["migrate"]
    for name in ("migrate", "desk"):
        build = services[name]["build"]
        assert (DEPLOY / build["context"] / build["dockerfile"]).is_file()
        assert set(services[name]["environment"]) <= set(VARIABLES)
        assert services[name]["environment"]["DATABASE_URL"].startswith("postgresql://desk:")
    assert "ports" not in services["database"]
    assert services["desk"]["ports"] == ["127.0.0.1:8080:8080"]
