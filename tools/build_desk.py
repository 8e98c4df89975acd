"""Makes what the desk serves and reads but the repository does not hold: fonts cut to size, compiled catalogues.

Run by ``make install`` and by the wheel's build. The fonts are IBM Plex Sans and IBM Plex Sans Arabic (SIL Open Font
License 1.1); what is cut out of them is a modified version and therefore named otherwise (its article 3), and the
licence lies beside it.
"""

import importlib.util
import io
import os
import shutil
import sys
from pathlib import Path

DESK = Path(__file__).resolve().parent.parent / "src" / "jusur" / "desk"
FAMILY = "Jusur Sans"
LATIN = (
    "0020-007E,00A0-024F,0259,02BB-02BC,02C6,02D8-02DD,0300-030C,0323,1E00-1EFF,2000-2049,2066-2069,20A0-20C0,"
    "2116,2122,2190-2193,2212,2248,2260,2264-2265,25CF"
)
CYRILLIC_GREEK = "0370-03FF,0400-045F,0490-0491,04B0-04B1,04D8-04D9"
ARABIC = "0600-06FF,0750-077F,FB50-FDFF,FE70-FEFF,200C-200F,2010,2026,061C"


def main() -> int:
    """Build both; 0 when done."""
    compile_catalogues(DESK)
    make_fonts(DESK / "kit" / "static" / "kit" / "fonts")
    return 0


def compile_catalogues(root: Path) -> None:
    """Compile every ``.po`` under ``root`` that is newer than its ``.mo``."""
    from babel.messages import mofile, pofile

    for source in root.rglob("*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as read:
            catalogue = pofile.read_po(read, locale=source.parent.parent.name)
        part = target.with_suffix(f".{os.getpid()}.part")
        with part.open("wb") as write:
            mofile.write_mo(write, catalogue)
        part.replace(target)


def make_fonts(target: Path) -> None:
    """Cut the fonts into ``target``, unless they are there."""
    wanted = {
        "jusur-sans-latin.woff2": ("fontpkg_ibm_plex_sans", "IBMPlexSans[wdth,wght].ttf", LATIN),
        "jusur-sans-cyrillic-greek.woff2": ("fontpkg_ibm_plex_sans", "IBMPlexSans[wdth,wght].ttf", CYRILLIC_GREEK),
        "jusur-sans-arabic-400.woff2": ("fontpkg_ibm_plex_sans_arabic", "IBMPlexSansArabic-Regular.ttf", ARABIC),
        "jusur-sans-arabic-600.woff2": ("fontpkg_ibm_plex_sans_arabic", "IBMPlexSansArabic-SemiBold.ttf", ARABIC),
    }
    target.mkdir(parents=True, exist_ok=True)
    for name, (package, file, characters) in wanted.items():
        if not (target / name).exists():
            _cut(_folder(package) / "files" / file, target / name, characters)
    shutil.copyfile(_folder("fontpkg_ibm_plex_sans") / "LICENSE", target / "OFL.txt")


def _folder(package: str) -> Path:
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise SystemExit(f"{package} is not installed; run make install.")
    return Path(found.origin).parent


def _cut(source: Path, target: Path, characters: str) -> None:
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    font = TTFont(source)
    if "fvar" in font:
        cut = instancer.instantiateVariableFont(font, {"wdth": 100, "wght": (400, 700)})
        cut.save(held := io.BytesIO())
        font = TTFont(held)  # read anew: the instancer leaves glyphs without variations out of its table
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = (
        ["*"] if "Arabic" in source.name else ["kern", "mark", "mkmk", "ccmp", "locl", "tnum", "zero"]
    )
    options.name_IDs = [0, 1, 2, 3, 4, 6, 13, 14]
    options.hinting = False
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=subset.parse_unicodes(characters))
    cutter.subset(font)
    for record in font["name"].names:
        if record.nameID in {1, 3, 4, 6, 16, 21}:
            record.string = FAMILY.replace(" ", "") if record.nameID == 6 else FAMILY  # noqa: PLR2004 - PostScript's name has no spaces
    part = target.with_suffix(".part")
    subset.save_font(font, str(part), options)
    part.replace(target)


if __name__ == "__main__":
    sys.exit(main())
