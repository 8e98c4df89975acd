"""The node's settings: ``node.toml``, overridden by ``JUSUR_<NAME>`` in the environment, checked strictly.

Every setting has one type, one default and one sentence (its metadata), from which ``render`` writes the file.
"""

import contextlib
import dataclasses
import difflib
import json
import os
import re
import secrets
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from jusur.kernel.errors import JusurError
from jusur.node.home import NodeHome, write_private

ROLES = ("bureau", "regional", "partner", "secretariat")
LOG_LEVELS = ("debug", "info", "warning", "error")
MIB = 1 << 20
GIB = 1 << 30
MAX_SETTINGS_BYTES = 64 * 1024

_INTAKE = Path("intake")
_ROOTS = Path("keys/timestamp-roots.pem")
_ADDRESS = re.compile(r"[A-Z]{2}|[A-Z][A-Z0-9-]{1,15}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_PRINTABLE = re.compile(r"[^\x00-\x1f\x7f]{1,200}")
_MAIL = re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,253}")
_HOST = re.compile(r"[A-Za-z0-9.:_\[\]-]{1,253}")


class SettingsError(JusurError):
    """A setting is missing, unknown or wrong."""

    code = "settings"
    title = "The node's settings are not valid"
    status = 500


def _setting(about: str, **kwargs: Any) -> Any:
    return dataclasses.field(metadata={"about": about}, **kwargs)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSettings:
    """One node's settings. Sizes are bytes, times are seconds unless the name says days."""

    home: Path
    address: str = _setting("The organisation's address in the directory, e.g. MA, GS, AIMC.")
    role: str = _setting("bureau, regional, partner or secretariat.")
    name: str = _setting("The organisation's name as people read it.")
    country: str = _setting("ISO 3166 alpha-2 code of the member; empty for organisations.", default="")

    gate_host: str = _setting("Where other nodes reach this one: the address to listen on.", default="127.0.0.1")
    gate_port: int = _setting("The gate's port.", default=8443)
    gate_url: str = _setting("The gate's public URL as the directory will name it.", default="")
    web_host: str = _setting("Where officers and national systems reach this node.", default="127.0.0.1")
    web_port: int = _setting("The desk's port.", default=8000)
    web_url: str = _setting("The desk's public URL; empty for http:// on web_host and web_port.", default="")
    worker_port: int = _setting("The worker's port for health and metrics, on loopback; 0 for none.", default=0)
    search_host: str = _setting("Where the search process listens; a proxy with TLS leads here.", default="127.0.0.1")
    search_port: int = _setting("The search process's port; 0 for a free one, kept in run/search.port.", default=0)
    search_workers: int = _setting("Processes that search; 0 for one a core, four at most.", default=0)

    database_url: str = _setting("postgresql://… of a PostgreSQL 15 or later; empty for the embedded one.", default="")
    vault_url: str = _setting("file:///… or s3://bucket/prefix; empty for the vault folder in the home.", default="")
    intake_dir: Path = _setting("The folder from which evidence is taken in.", default=_INTAKE)  # noqa: RUF009 - a path is immutable
    max_upload_bytes: int = _setting("Largest single file taken in over the API.", default=64 * GIB)
    max_package_bytes: int = _setting("Largest sealed package accepted from a peer.", default=1024 * GIB)
    max_envelope_bytes: int = _setting("Largest envelope accepted from a peer.", default=2 * MIB)
    chunk_bytes: int = _setting(
        "Smallest chunk in which packages travel, at most 16 MiB: a process holds a few in memory.", default=8 * MIB
    )
    chunk_parallelism: int = _setting("How many chunks travel at once.", default=4)

    timestamp_url: str = _setting("RFC 3161 time-stamp authority; empty for none.", default="")
    timestamp_roots: Path = _setting("PEM file of the authorities' root certificates.", default=_ROOTS)  # noqa: RUF009 - immutable
    secretariat_url: str = _setting("The secretariat's gate, from which the directory is fetched.", default="")
    directory_fingerprint: str = _setting("SHA-256 (hex) of the directory's root key, pinned at joining.", default="")

    api_rate: int = _setting("Requests a second that the API answers one caller in the long run; 0: any.", default=200)
    api_burst: int = _setting("Requests that one caller may send at once.", default=2000)

    list_un_url: str = _setting(
        "Where `jusur lists pull un` fetches the list; empty for the publisher's own address.", default=""
    )
    list_ofac_url: str = _setting("The same for `jusur lists pull ofac`.", default="")
    list_eu_url: str = _setting("The same for `jusur lists pull eu`.", default="")

    session_idle_minutes: int = _setting(
        "Minutes after which an idle session ends (NIST SP 800-63B-3, 4.2.3: 30).", default=30
    )
    session_hours: int = _setting("Hours after which any session ends (NIST SP 800-63B-3, 4.2.3: 12).", default=12)
    confirmation_minutes: int = _setting(
        "Minutes for which a factor just given allows sensitive acts (OWASP ASVS 4.0.3, 3.7.1).", default=15
    )
    lockout_attempts: int = _setting(
        "Wrong passwords or codes after which an account is locked from that address.", default=5
    )
    lockout_minutes: int = _setting("Minutes for which it stays locked.", default=15)
    oidc_issuer: str = _setting("The national directory's OpenID Connect issuer; empty for none.", default="")
    oidc_name: str = _setting("The national directory's name as officers read it.", default="")
    oidc_client_id: str = _setting("This node's client id at the national directory.", default="")
    oidc_secret_file: str = _setting("File that holds the client's secret; or JUSUR_OIDC_SECRET.", default="")
    oidc_trust_mfa: bool = _setting(
        "Whether the directory's own second factor (amr: mfa, RFC 8176) is enough.", default=False
    )

    smtp_url: str = _setting(
        "smtp://user@host:587 or smtps://… for notifications by e-mail; empty for none.", default=""
    )
    smtp_from: str = _setting("The address from which notifications come.", default="")
    smtp_password_file: str = _setting(
        "File that holds the mail server's password; or JUSUR_SMTP_PASSWORD.", default=""
    )

    clock_skew_seconds: int = _setting("How far a peer's clock may differ.", default=300)
    retention_days: int = _setting("How long messages and the memory of duplicates are kept.", default=1826)
    log_level: str = _setting("debug, info, warning or error.", default="info")
    demo: bool = _setting("A rehearsal node: says so on everything it makes.", default=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "home", Path(self.home).absolute())
        for name in ("intake_dir", "timestamp_roots"):
            object.__setattr__(self, name, self.home / Path(getattr(self, name)).expanduser())
        for name, check, fix in _CHECKS:
            if not check(getattr(self, name)):
                raise SettingsError(f"The setting {name} is not valid.", fix=fix)
        if self.smtp_url and not self.smtp_from:
            raise SettingsError(
                "The setting smtp_from is missing.", fix="Give the address that notifications come from."
            )
        if self.role == "bureau" and self.country != self.address:
            raise SettingsError(
                "A bureau's address is its country's code.", fix="Set address and country to the same two letters."
            )

    @property
    def vault_location(self) -> str:
        """The vault's URL, whether set or the home's own folder."""
        return self.vault_url or NodeHome(self.home).vault.as_uri()

    @property
    def gate_location(self) -> str:
        """The gate's URL as others should use it."""
        return self.gate_url or f"https://{self.gate_host}:{self.gate_port}"

    @property
    def web_location(self) -> str:
        """The desk's URL as officers should use it."""
        return self.web_url or f"http://{self.web_host}:{self.web_port}"


def _between(low: int, high: int) -> Callable[[int], bool]:
    return lambda value: low <= value <= high


def _url(*schemes: str, optional: bool = True) -> Callable[[str], bool]:
    def check(value: str) -> bool:
        if not value:
            return optional
        try:
            parts = urlsplit(value)
            _ = parts.port
        except ValueError:
            return False
        return parts.scheme in schemes and (bool(parts.netloc) or bool(parts.path.strip("/"))) and value.isprintable()

    return check


def _matches(pattern: re.Pattern[str], *, optional: bool = False) -> Callable[[str], bool]:
    return lambda value: bool(pattern.fullmatch(value)) or (optional and not value)


def _directory_url(value: str) -> bool:
    """An issuer's URL: https, or http on this machine for rehearsals."""
    local = urlsplit(value).hostname in {"localhost", "127.0.0.1"} if _url("http")(value) else False
    return _url("https")(value) or local


def _mail_server(value: str) -> bool:
    """A mail server's URL; the password does not belong into it."""
    return _url("smtp", "smtps")(value) and urlsplit(value).password is None


_port = _between(1, 65535)
_CHECKS: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
    ("address", _matches(_ADDRESS), "Use the country's two letters, or the organisation's upper-case code."),
    ("role", ROLES.__contains__, "Choose one of " + ", ".join(ROLES) + "."),
    ("name", _matches(_PRINTABLE), "Give a name of 1 to 200 printable characters."),
    ("country", _matches(_COUNTRY, optional=True), "Use an ISO 3166 code of two capital letters, or leave it empty."),
    ("gate_host", _matches(_HOST), "Use an IP address or host name to listen on, e.g. 0.0.0.0."),
    ("web_host", _matches(_HOST), "Use an IP address or host name to listen on, e.g. 127.0.0.1."),
    ("gate_port", _port, "Use a port from 1 to 65535."),
    ("web_port", _port, "Use a port from 1 to 65535."),
    ("worker_port", _between(0, 65535), "Use a port from 1 to 65535, or 0 for none."),
    ("search_host", _matches(_HOST), "Use an IP address or host name to listen on, e.g. 127.0.0.1."),
    ("search_port", _between(0, 65535), "Use a port from 1 to 65535, or 0 for any free one."),
    ("search_workers", _between(0, 64), "Use 1 to 64 processes, or 0 for one a core."),
    ("gate_url", _url("https"), "Use an https:// URL, or leave it empty."),
    ("web_url", _url("http", "https"), "Use an http:// or https:// URL, or leave it empty."),
    ("database_url", _url("postgresql", "postgres"), "Use postgresql://user@host/database, or leave it empty."),
    ("vault_url", _url("file", "s3"), "Use file:///folder or s3://bucket/prefix, or leave it empty."),
    ("max_upload_bytes", _between(1, 1 << 50), "Use a number of bytes from 1 to 1 PiB."),
    ("max_package_bytes", _between(1, 1 << 50), "Use a number of bytes from 1 to 1 PiB."),
    ("max_envelope_bytes", _between(64 * 1024, 64 * MIB), "Use 65536 (64 KiB) to 67108864 (64 MiB) bytes."),
    ("chunk_bytes", _between(64 * 1024, 16 * MIB), "Use 65536 (64 KiB) to 16777216 (16 MiB) bytes."),
    ("chunk_parallelism", _between(1, 32), "Use a number from 1 to 32."),
    ("timestamp_url", _url("http", "https"), "Use an http:// or https:// URL, or leave it empty."),
    ("secretariat_url", _url("https"), "Use the https:// URL of the secretariat's gate, or leave it empty."),
    ("directory_fingerprint", _matches(_FINGERPRINT, optional=True), "Use the 64 hexadecimal digits given at joining."),
    ("api_rate", _between(0, 1_000_000), "Use a number of requests from 0 to 1000000."),
    ("api_burst", _between(1, 1_000_000), "Use a number of requests from 1 to 1000000."),
    ("list_un_url", _url("https", "http"), "Use an https:// URL, or leave it empty."),
    ("list_ofac_url", _url("https", "http"), "Use an https:// URL, or leave it empty."),
    ("list_eu_url", _url("https", "http"), "Use an https:// URL, or leave it empty."),
    ("session_idle_minutes", _between(1, 720), "Use 1 to 720 minutes."),
    ("session_hours", _between(1, 24), "Use 1 to 24 hours."),
    ("confirmation_minutes", _between(1, 720), "Use 1 to 720 minutes."),
    ("lockout_attempts", _between(1, 100), "Use 1 to 100 attempts."),
    ("lockout_minutes", _between(1, 1440), "Use 1 to 1440 minutes."),
    ("oidc_issuer", _directory_url, "Use the issuer's https:// URL, or leave it empty."),
    ("oidc_name", _matches(_PRINTABLE, optional=True), "Give a name of at most 200 printable characters."),
    ("oidc_client_id", _matches(_PRINTABLE, optional=True), "Give the client id, at most 200 printable characters."),
    ("smtp_url", _mail_server, "Use smtp://user@host:587 or smtps://host without a password, or leave it empty."),
    (
        "smtp_from",
        _matches(_MAIL, optional=True),
        "Give an e-mail address, e.g. jusur@bureau.example, or leave it empty.",
    ),
    ("clock_skew_seconds", _between(1, 3600), "Use 1 to 3600 seconds."),
    ("retention_days", _between(30, 36525), "Use 30 to 36525 days."),
    ("log_level", LOG_LEVELS.__contains__, "Choose one of " + ", ".join(LOG_LEVELS) + "."),
)
_FIELDS = {field.name: field for field in dataclasses.fields(NodeSettings) if field.name != "home"}


def load(home: Path | NodeHome, environment: Mapping[str, str] | None = None) -> NodeSettings:
    """The settings of the node in ``home``; ``JUSUR_<NAME>`` in ``environment`` (default: the process's) wins.

    Raises:
        NotFoundError: there is no node in ``home``.
        SettingsError: ``node.toml`` or the environment holds something unknown, mistyped or out of range.
    """
    place = (home if isinstance(home, NodeHome) else NodeHome(Path(home).absolute())).require()
    values = _read(place.settings_file)
    for name, field in _FIELDS.items():
        given = (os.environ if environment is None else environment).get(f"JUSUR_{name.upper()}")
        if given is not None:
            values[name] = _from_text(name, field.type, given)
    return make(place.path, values)


def make(home: Path, values: Mapping[str, Any]) -> NodeSettings:
    """Settings from plain values (as TOML gives them).

    Raises:
        SettingsError: something is missing, unknown, mistyped or out of range.
    """
    for name in values:
        if name not in _FIELDS:
            near = difflib.get_close_matches(name, _FIELDS, n=1)
            fix = f"Did you mean {near[0]}?" if near else "Remove it from node.toml."
            raise SettingsError(f"There is no setting called {name[:60]!r}.", fix=fix)
    missing = [name for name in ("address", "role", "name") if name not in values]
    if missing:
        raise SettingsError(f"The setting {missing[0]} is missing.", fix=f"Add {missing[0]} to node.toml.")
    typed = {name: _typed(name, _FIELDS[name].type, value) for name, value in values.items()}
    return NodeSettings(home=home, **typed)


def render(settings: NodeSettings) -> str:
    """``node.toml`` for ``settings``: every setting with its sentence, defaults commented out."""
    lines = ["# Settings of this Jusur node. JUSUR_<NAME> in the environment overrides a line here.", ""]
    for name, field in _FIELDS.items():
        value = getattr(settings, name)
        default = field.default
        if isinstance(default, Path):
            default = settings.home / default
        mark = "# " if value == default else ""
        if isinstance(value, Path) and value.is_relative_to(settings.home):
            value = value.relative_to(settings.home)
        lines += [f"# {field.metadata['about']}", f"{mark}{name} = {_toml(value)}", ""]
    return "\n".join(lines)


class Explained(NamedTuple):
    """A setting as it holds: its value (a password in an address left out), where it comes from, its sentence."""

    name: str
    value: str
    source: Literal["file", "environment", "default"]
    about: str


def explain(home: Path | NodeHome, environment: Mapping[str, str] | None = None) -> tuple[Explained, ...]:
    """Every setting of the node in ``home`` as it holds, in the order of ``node.toml``.

    A variable that repeats what the file or the default says (processes hand them on) is no source.

    Raises:
        NotFoundError, SettingsError: as `load`.
    """
    place = (home if isinstance(home, NodeHome) else NodeHome(Path(home).absolute())).require()
    given = os.environ if environment is None else environment
    settings, written = load(place, given), _read(place.settings_file)
    plain = make(place.path, written)

    def source(name: str) -> Literal["file", "environment", "default"]:
        if getattr(settings, name) != getattr(plain, name):
            return "environment"
        return "file" if name in written else "default"

    return tuple(
        Explained(name, _without_password(getattr(settings, name)), source(name), field.metadata["about"])
        for name, field in _FIELDS.items()
    )


def _without_password(value: object) -> str:
    """``value`` as people read it; of an address with a password, the password as dots."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return re.sub(r"(://[^/@:]*):[^/@]*@", r"\1:•••@", str(value))


def save(settings: NodeSettings) -> None:
    """Write ``node.toml`` in the settings' home, durably and readable by the node's user only."""
    write_private(NodeHome(settings.home).settings_file, render(settings).encode())


def django_secret(home: NodeHome) -> str:
    """The secret with which this node's desk signs sessions; made once, kept in ``keys/django-secret.txt``."""
    path = home.keys / "django-secret.txt"
    if not path.exists():
        with contextlib.suppress(FileExistsError):  # another process of this node was first
            write_private(path, secrets.token_urlsafe(64).encode(), replace=False)
    return path.read_text().strip()


def _read(path: Path) -> dict[str, Any]:
    try:
        data = path.read_bytes()
        if len(data) > MAX_SETTINGS_BYTES:
            raise SettingsError(f"{path} is too large to be settings.", fix="Restore it from a backup.")
        return tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not TOML: {error}.", fix="Correct that line.") from error
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.", fix="Check its owner and mode.") from error


def _typed(name: str, kind: Any, value: Any) -> Any:
    wanted = {str: (str, "text in quotes"), int: (int, "a whole number"), bool: (bool, "true or false")}
    plain, words = wanted.get(kind, (str, "text in quotes"))
    if type(value) is not plain and not (kind is Path and isinstance(value, Path)):
        raise SettingsError(f"The setting {name} is of the wrong type.", fix=f"Write {name} as {words}.")
    return Path(str(value)) if kind is Path else value


def _from_text(name: str, kind: Any, text: str) -> Any:
    try:
        if kind is int:
            return int(text)
        if kind is bool:
            return {"true": True, "1": True, "false": False, "0": False, "": False}[text.lower()]
    except (ValueError, KeyError):
        expected = "a whole number" if kind is int else "true or false"
        raise SettingsError(
            f"JUSUR_{name.upper()} in the environment is not valid.", fix=f"Give {expected}, or unset it."
        ) from None
    return text


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return json.dumps(str(value), ensure_ascii=False)  # values hold no control characters but what JSON escapes
