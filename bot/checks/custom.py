"""The operator's own folder: what in it takes the place of something built in, and what nothing looks at."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.adapters.rendering import packaged_templates
from bot.checks.finding import Finding, failed, not_set, note, ok
from bot.settings import Settings

_NAME = "CUSTOM_DIR"
_KINDS = ("*.md", "*.toml", "letters/*/*")


async def folder(settings: Settings) -> Sequence[Finding]:
    """Whether what is there can be used, the checks of letters, policy and laws say."""
    own = settings.custom_dir
    if own is None:
        return [not_set(_NAME, "letters, policy and laws are the built-in ones")]
    files = sorted(path.relative_to(own) for kind in _KINDS for path in own.glob(kind) if path.is_file())
    stray = [path for path in files if not _counts(path)]
    used = [str(path) for path in files if path not in stray]
    found = [ok(_NAME, f"in use: {', '.join(used)}") if used else note(_NAME, "nothing in it is in use")]
    found += [failed(_NAME, f"{path} takes the place of nothing; name it as in templates/") for path in stray]
    return [*found, *_passed_over(settings, own)]


def _counts(path: Path) -> bool:
    if path.parts[0] != "letters":
        return path.name in ("policy.md", "policy.toml", "laws.toml")
    return any(packaged_templates().glob(f"letters/*/{path.name}"))


def _passed_over(settings: Settings, own: Path) -> Iterator[Finding]:
    if (own / "policy.md").is_file() and settings.policy_path != own / "policy.md":
        yield note(_NAME, "policy.md there is not in use; take POLICY_PATH out, which names another")
