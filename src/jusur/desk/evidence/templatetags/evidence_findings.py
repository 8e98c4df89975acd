"""Findings of checks in templates: ``{% finding check.detail %}``."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from jusur.desk.evidence import findings

register = template.Library()


@register.simple_tag
def finding(detail: str) -> SafeString:
    """``detail`` in the reader's language; what has no translation is marked as the English that it is."""
    said = findings.said(detail)
    mark = "" if said != detail else 'dir="auto" lang="en"'
    return format_html('<p class="small muted" {}>{}</p>', SafeString(mark), said)
