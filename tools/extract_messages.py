"""Brings the catalogues of the desk's areas (ar, fr, es) up to date with their sources, and compiles them.

Usage: tools/messages [AREA …]      extract (all areas by default), then compile
       tools/messages --compile     only compile
       tools/messages --missing     list what has no translation yet
"""

import argparse
import os
import sys
from pathlib import Path

import build_desk
from babel.messages import pofile
from django.conf import settings
from django.core.management import call_command
from django.core.management.commands.makemessages import Command

LANGUAGES = ("ar", "fr", "es")
PLURALS = {
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);",
    "fr": "nplurals=2; plural=(n > 1);",
    "es": "nplurals=2; plural=(n != 1);",
}


def main() -> int:
    """Do what the command line asks; 1 if something is missing where that was asked."""
    parser = argparse.ArgumentParser(
        prog="tools/messages", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("area", nargs="*")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--missing", action="store_true")
    options = parser.parse_args()
    areas = options.area or sorted(place.name for place in build_desk.DESK.iterdir() if (place / "apps.py").exists())
    if not (options.compile or options.missing):
        for area in areas:
            extract(build_desk.DESK / area)
    build_desk.compile_catalogues(build_desk.DESK)
    missing = [line for area in areas for line in untranslated(build_desk.DESK / area)]
    print("\n".join(missing) if options.missing else f"{len(missing)} sentences without translation")
    return int(bool(missing) and options.missing)


def extract(area: Path) -> None:
    """Write what ``area`` says into its catalogues; translations that still fit are kept, none is guessed."""
    if not settings.configured:
        settings.configure(USE_I18N=True, LANGUAGES=[("en", "English"), *((code, code) for code in LANGUAGES)])
    (area / "locale").mkdir(exist_ok=True)
    before = Path.cwd()
    os.chdir(area)
    try:
        call_command(
            Command(), locale=list(LANGUAGES), no_location=True, no_obsolete=True, no_wrap=True, verbosity=0,
            ignore_patterns=["static/*"],
        )  # fmt: skip
    finally:
        os.chdir(before)
    for language in LANGUAGES:
        place = area / "locale" / language / "LC_MESSAGES" / "django.po"
        if place.exists():
            _settle(place, language)


def _settle(place: Path, language: str) -> None:
    """One head for all catalogues, nothing guessed by msgmerge."""
    with place.open("rb") as read:
        catalogue = pofile.read_po(read, locale=language)
    for message in catalogue:
        if message.fuzzy and message.id:
            message.flags.discard("fuzzy")
            message.string = ("",) * catalogue.num_plurals if message.pluralizable else ""
        message.previous_id = []
        message.auto_comments = []
    lines = [
        'msgid ""', 'msgstr ""', f'"Language: {language}\\n"', '"MIME-Version: 1.0\\n"',
        '"Content-Type: text/plain; charset=UTF-8\\n"', '"Content-Transfer-Encoding: 8bit\\n"',
        f'"Plural-Forms: {PLURALS[language]}\\n"', "",
    ]  # fmt: skip
    for message in catalogue:
        if message.id:
            lines += [*_entry(message, language), ""]
    place.write_text("\n".join(lines), encoding="utf-8")


def _entry(message: object, language: str) -> list[str]:
    flags = [flag for flag in sorted(message.flags) if flag != "fuzzy"]
    lines = [f"#, {', '.join(flags)}"] if flags else []
    if message.context:
        lines.append(f"msgctxt {pofile.normalize(message.context)}")
    if not message.pluralizable:
        return [*lines, f"msgid {_quoted(message.id)}", f"msgstr {_quoted(message.string or '')}"]
    lines += [f"msgid {_quoted(message.id[0])}", f"msgid_plural {_quoted(message.id[1])}"]
    count = 6 if language == "ar" else 2
    strings = [*(message.string or ()), *[""] * count][:count]
    return lines + [f"msgstr[{number}] {_quoted(text or '')}" for number, text in enumerate(strings)]


def _quoted(text: str) -> str:
    """One line a string; only sentences with line feeds take several."""
    parts = text.split("\n")
    escaped = [part.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t") for part in parts]
    return '"' + "\\n".join(escaped) + '"'


def untranslated(area: Path) -> list[str]:
    """What lacks a translation in ``area``: ``area/language: sentence``."""
    found = []
    for language in LANGUAGES:
        place = area / "locale" / language / "LC_MESSAGES" / "django.po"
        if not place.exists():
            continue
        with place.open("rb") as read:
            for message in pofile.read_po(read, locale=language):
                strings = message.string if isinstance(message.string, tuple) else (message.string,)
                if message.id and (message.fuzzy or not all(strings)):
                    found.append(f"{area.name}/{language}: {message.id}")
    return found


if __name__ == "__main__":
    sys.exit(main())
