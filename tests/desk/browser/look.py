"""Screenshots of the desk on sample data: ``tools/look``; of every page, with axe's word: ``make screens``."""

import argparse
import json
import re
import shutil
import sys
import tempfile
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from tests.desk.browser import served, soundness

from jusur.node.postgres import temporary_postgres

PICTURED = ("ar", "en")
"""Languages of which ``--all`` takes pictures; axe judges all four."""
NARROW = 600
NOWHERE = "/nowhere"
"""A sample address that nothing stands at."""


def main() -> int:
    """Take the pictures; 0 if every page that axe was to judge is sound."""
    options = _options()
    out = Path(options.out or ("build/screens" if options.all else "build/look")).resolve()
    if options.all and out.exists():
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="jusur-look-"))
    try:
        with (
            temporary_postgres() as server,
            served.serve(folder, server.url()) as desk,
            sync_playwright() as playwright,
        ):
            return _look(options, out, desk, served.launch(playwright))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _look(options: argparse.Namespace, out: Path, desk: served.ServedDesk, browser: Browser) -> int:
    paths = [_find(desk, path) for path in options.path] or desk.all_pages()
    wrong: dict[str, dict[str, object]] = {}
    for language, width in product(options.language.split(","), map(int, options.width.split(","))):
        dark = "dark" if options.dark else "light"
        role = "" if options.role == "nobody" else options.role
        context = desk.context(browser, role=role, language=language, width=width, color_scheme=dark)
        for path in paths:
            page, seen = context.new_page(), served.Seen()
            seen.watch(page)
            answer = page.goto(path, wait_until="load")
            if path == NOWHERE:  # the browser says on its console that it is a 404, as it should be
                seen.errors.clear()
            page.evaluate("document.fonts.ready.then(() => 1)")
            name = _name(path, language, width, dark=options.dark)
            if options.at:
                page.locator(options.at).first.evaluate("element => element.scrollIntoView()")
            if options.axe or options.all:
                seen_by_axe = soundness.violations(page) if width > NARROW or language == "ar" else []
                found = {"axe": seen_by_axe, "other": soundness.faults(page, seen, language=language)}
                wrong[name] = {"status": answer.status if answer else 0} | found
            if not options.all or language in PICTURED:
                page.screenshot(path=out / f"{name}.png", full_page=not (options.fold or options.at))
            print(out / f"{name}.png", answer.status if answer else "", *seen.errors)
            page.close()
        context.close()
    if wrong:
        (out / "axe.json").write_text(json.dumps(wrong, indent=1, ensure_ascii=False), encoding="utf-8")
        bad = {name: said for name, said in wrong.items() if said["axe"] or said["other"]}
        print(json.dumps(bad, indent=1, ensure_ascii=False) if bad else f"{len(wrong)} views: nothing found")
        return int(bool(bad))
    return 0


def _find(desk: served.ServedDesk, path: str) -> str:
    """``path``, or the address of a sample page that it is a pattern of: ``/requests/*``."""
    if "*" not in path:
        return path
    pattern = re.compile(re.escape(path).replace(r"\*", "[^/]+"))
    return next((known for known in desk.all_pages() if pattern.fullmatch(known.partition("?")[0])), path)


def _name(path: str, language: str, width: int, *, dark: bool) -> str:
    words = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "id", path)
    words = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-") or "today"
    return f"{words}.{language}.{width}{'.dark' if dark else ''}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tools/look", description=__doc__)
    parser.add_argument("path", nargs="*", help="addresses (/requests/); '*' stands for one part; none: all pages")
    parser.add_argument("--role", default="everything", help="officer, supervisor, … or nobody (default: everything)")
    parser.add_argument("--language", default="ar,en", help="languages, comma-separated (default: ar,en)")
    parser.add_argument("--width", default="1280,360", help="widths in px, comma-separated (default: 1280,360)")
    parser.add_argument("--dark", action="store_true", help="the dark theme")
    parser.add_argument("--fold", action="store_true", help="only what fits the window")
    parser.add_argument(
        "--at", default="", help="only the window's height, from the element that this CSS selector finds"
    )
    parser.add_argument("--axe", action="store_true", help="also let axe judge; writes axe.json")
    parser.add_argument("--all", action="store_true", help="all pages to build/screens, with axe.json")
    parser.add_argument("--out", default="", help="the folder (default: build/look)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
