"""What every page knows: the node, the reader, where they may go, how they want it to look."""

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString

from jusur import __version__
from jusur.accounts import api as accounts
from jusur.desk.kit import bell, language, navigation
from jusur.desk.kit import view as views
from jusur.directory import api as directory
from jusur.kernel import languages
from jusur.kernel.errors import JusurError
from jusur.node import context as node


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language the reader can choose."""

    code: languages.Language
    name: str
    direction: str


class Desk:
    """The frame of one page. Each part is found when the page asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.parts: dict[str, SafeString] = {}
        """What was drawn of the frame, to stand in another place as well."""

    @cached_property
    def language(self) -> Tongue:
        """The page's language."""
        code = language.current()
        return Tongue(code, languages.NAMES[code], languages.direction(code))

    @property
    def languages(self) -> list[Tongue]:
        """The four languages."""
        return [Tongue(code, languages.NAMES[code], languages.direction(code)) for code in languages.LANGUAGES]

    @cached_property
    def node(self) -> dict[str, Any]:
        """The node's address, name, role, and whether its data are samples.

        The name is the node's own; where that is in a script that the reader's language does not use, the directory's.
        """
        try:
            own = node.current().settings
        except JusurError:  # no home: the address is all there is to say
            return {"address": settings.ADDRESS.upper(), "name": "", "role": "", "demo": False}
        foreign = _is_arabic(own.name) != (self.language.direction == "rtl")
        try:
            name = (organisation_name(own.address) if foreign else "") or own.name
        except DatabaseError:  # this page says just that
            name = own.name
        return {"address": own.address, "name": name, "role": own.role, "demo": own.demo}

    @cached_property
    def officer(self) -> accounts.Actor | None:
        """The officer who reads, or ``None``."""
        try:
            return accounts.signed_in(self._request).actor
        except JusurError:
            return None

    @cached_property
    def acts(self) -> frozenset[str]:
        """The acts that the reader may do."""
        return accounts.permitted_acts(self.officer.roles) if self.officer else frozenset()

    @cached_property
    def groups(self) -> tuple[navigation.Group, ...]:
        """Where the reader may go."""
        return navigation.groups(self.acts, self._request.path) if self.officer else ()

    @cached_property
    def view(self) -> views.View:
        """How the reader wants pages to look."""
        return views.of(self._request)

    @cached_property
    def waiting(self) -> int:
        """Notifications not seen."""
        return bell.waiting(self.officer.id) if self.officer else 0

    @property
    def version(self) -> str:
        """Jusur's version."""
        return __version__

    @property
    def here(self) -> str:
        """The address of this page, to come back to."""
        return self._request.get_full_path() if self._request.method == "GET" else "/"

    @property
    def notifications_url(self) -> str:
        """Where notifications are read."""
        return _address("today:notifications")

    @property
    def account_url(self) -> str:
        """Where the officer's own account is kept."""
        return _address("signin:account")

    @property
    def sign_out_url(self) -> str:
        """Where the session is ended."""
        return _address("signin:sign-out")


def organisation_name(address: str) -> str:
    """The name of the organisation at ``address`` in the reader's language, or "" where the directory has none."""
    try:
        return str(getattr(directory.organisation(address).name, language.current()))
    except JusurError:
        return ""


def desk(request: HttpRequest) -> dict[str, Desk]:
    """The context processor: ``desk`` in every template."""
    return {"desk": Desk(request)}


def _is_arabic(text: str) -> bool:
    return any("\u0600" <= character <= "\u06ff" for character in text)


@cache
def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
