"""What the doctor asks of the network: the directory held, and the open alarms of directory and exchange."""

from collections.abc import Iterable, Iterator

from jusur.directory import api as directory
from jusur.exchange import alarms
from jusur.kernel import clock
from jusur.kernel.sentences import sentence
from jusur.node.doctor import Finding


def findings() -> Iterator[Finding]:
    """The findings of a node whose database is open, for `jusur.node.doctor.examine`."""
    if not directory.has_directory():
        yield Finding("directory", ok=False, detail="not joined", fix="Join a network: jusur join request INVITATION.")
        return
    expires = directory.expires()
    stale = clock.now() >= expires
    yield Finding(
        "directory",
        ok=not stale,
        detail=sentence(
            "version {version}, good until {day}", version=directory.current().version, day=f"{expires:%Y-%m-%d}"
        ),
        fix="Fetch it: jusur directory refresh." if stale else "",
    )
    yield _alarms("directory alarms", (alarm.kind for alarm in directory.alarms()), "jusur directory alarms")
    yield _alarms("exchange alarms", (alarm["kind"] for alarm in alarms.open_alarms()), "jusur exchange alarms")


def _alarms(name: str, kinds: Iterable[str], command: str) -> Finding:
    found = sorted(set(kinds))
    if found:
        fix = sentence("See: {command}.", command=command)
        return Finding(name, ok=True, detail=", ".join(found), fix=fix, warning=True)
    return Finding(name, ok=True, detail="none")
