"""Where the public extracts come from: the notices in force in this node's database, or an invented sample."""

from collections.abc import Iterator
from dataclasses import replace

from jusur.kernel import clock
from jusur.notices import synthetic, types
from jusur.notices.public.extract import Extract, extract_of
from jusur.notices.public.index import Index


def sample(count: int, seed: int = 1) -> Index:
    """An index of exactly ``count`` invented extracts. Those whose defects the public must not see are left out."""
    known = types.shipped()
    found: list[Extract] = []
    for each in synthetic.samples(seed):
        if len(found) >= count:
            break
        made = extract_of(known[each.type], each.content, each.reference, each.originator)
        if made is not None:
            pictures = tuple((number, data, "image/png") for number, data, _ in made.images)
            found.append(replace(made, images=pictures))
    return Index(found, today=clock.now().date(), version=f"sample-{seed}-{count}")


def state() -> str:
    """What changes whenever a notice in force does, or the day."""
    from django.db.models import Count, Sum

    from jusur.notices.models import Notice

    row = Notice.objects.filter(visible=True, form="notice").aggregate(count=Count("id"), revisions=Sum("revision"))
    total = Notice.objects.aggregate(revisions=Sum("revision"))["revisions"]
    return f"{row['count']}-{row['revisions']}-{total}-{clock.now().date()}"


def in_force() -> Index:
    """An index of what this node has in force and the public may see."""
    version = state()
    return Index(_extracts(), today=clock.now().date(), version=version)


def _extracts() -> Iterator[Extract]:
    from jusur.notices import content as contents
    from jusur.notices.models import Notice

    known = types.all_types()
    shown = [code for code, kind in known.items() if kind.public != "never"]
    for notice in Notice.objects.filter(visible=True, form="notice", type__in=shown).iterator(chunk_size=500):
        content = contents.parse(notice.content)
        made = extract_of(known[notice.type], content, notice.reference, notice.originator)
        if made is not None:
            yield made
