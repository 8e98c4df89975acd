"""What makes a page sound: axe finds nothing, language and direction are right, nothing scrolls sideways."""

import json
from functools import cache
from importlib.resources import files
from typing import Any, Final

from playwright.sync_api import Page
from tests.desk.browser.served import Seen

TAGS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def _axe() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[dict[str, Any]]:
    """What axe finds on ``page``: rule, impact and the places."""
    page.evaluate(_axe())  # evaluated by the debugger: the page's own policy allows no foreign script
    found = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", TAGS)
    return [
        {
            "rule": violation["id"],
            "impact": violation["impact"],
            "help": violation["help"],
            "places": [
                f"{node['target']}: {node['html'][:160]} — {node['failureSummary'][:300]}"
                for node in violation["nodes"]
            ],
        }
        for violation in found["violations"]
    ]


def _place(node: dict[str, Any]) -> str:
    return f"{node['target']}: {node['html'][:160]} — {node['failureSummary'][:300]}"


def faults(page: Page, seen: Seen, *, language: str) -> list[str]:
    """What is wrong with ``page`` beside what axe finds."""
    found = list(seen.errors)
    root = page.evaluate("({lang: document.documentElement.lang, dir: document.documentElement.dir})")
    if root["lang"] != language or root["dir"] != ("rtl" if language == "ar" else "ltr"):
        found.append(f"language or direction: {root}")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 0:
        found.append(f"scrolls sideways by {wide} px: {_widest(page)}")
    if page.evaluate("document.querySelectorAll('h1').length") != 1:
        found.append("not exactly one h1")
    if page.evaluate("document.querySelectorAll(`[style]:not([style='']), style, script:not([src])`).length"):
        found.append("inline style or script")
    return found


def _widest(page: Page) -> str:
    script = """() => { const w = document.documentElement.clientWidth;
      return [...document.querySelectorAll('main *, header *, footer *')]
        .filter(e => { for (let p = e.parentElement; p; p = p.parentElement)
            if (p !== document.body && getComputedStyle(p).overflowX !== "visible") return false;
          const r = e.getBoundingClientRect(); return r.width && (r.right > w + 1 || r.left < -1); })
        .slice(0, 4).map(e => e.outerHTML.slice(0, 120)).join(' | '); }"""
    return str(page.evaluate(script))


def assert_page_is_sound(page: Page, seen: Seen, *, language: str) -> None:
    """Fail with everything that is wrong with ``page``."""
    wrong = faults(page, seen, language=language)
    found = violations(page)
    assert not wrong, f"{page.url}: {wrong}"
    assert not found, f"{page.url}: {json.dumps(found, indent=1, ensure_ascii=False)}"
