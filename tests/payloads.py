"""Texts that would like to be obeyed: sixty of markup and code, forty of characters that a terminal acts upon."""

from __future__ import annotations

import re

RICH = (
    "[/red]",
    "[/]",
    "[red]",
    "[bold]x[/bold]",
    "[bold red on white blink]",
    "[link=http://x.example]y[/link]",
    "[link=file:///etc/passwd]",
    "[@click=app.bell]ring[/]",
    "[not closed",
    "]]][[[",
    "\\[red]",
    "[#ff0000]",
    "[reverse][blink]",
    ":smile:",
    ":warning: ok",
    "[[red]]",
)
HTML = (
    "<b>bold</b>",
    "<script>alert(1)</script>",
    "</td></tr></table>",
    '<img src=x onerror="alert(1)">',
    "&lt;b&gt;",
    "&#x1f;",
    "<!-- ",
    "]]>",
    "<a href='javascript:alert(1)'>x</a>",
    "'\"><svg/onload=alert(1)>",
)
MARKDOWN = (
    "**bold**",
    "_under_",
    "a_b_c",
    "[x](http://x.example)",
    "![x](http://x.example/x.png)",
    "<http://x.example>",
    "# heading",
    "- item",
    "`code`",
    "```",
    "a|b|c",
    "| --- |",
    "\\|",
    "~~gone~~",
    "> quote",
)
CODE = (
    "{}",
    "{0}",
    "{desk.options}",
    "{0.__class__.__mro__}",
    "%s",
    "%(name)s",
    "%n%n%n",
    "${HOME}",
    "$(touch x)",
    "`touch x`",
    "; rm -rf /",
    "| cat /etc/passwd",
    "'; DROP TABLE lead; --",
    '" OR 1=1 --',
    "../../etc/passwd",
    "--help",
    "-rf",
    "null",
    "{{7*7}}",
)
MARKUP = RICH + HTML + MARKDOWN + CODE

ESCAPES = (
    "\x1b[31mred\x1b[0m",
    "\x1b[2J\x1b[H",
    "\x1b[8mhidden",
    "\x1b]0;title\x07",
    "\x1b]0;title\x1b\\",
    "\x1b]8;;http://x.example\x1b\\x\x1b]8;;\x1b\\",
    "\x1b]52;c;cm0gLXJm\x07",
    "\x1bP+q544e\x1b\\",
    "\x1b[6n",
    "\x1b[21t",
    "\x1bc",
    "\x1b(0lqk",
    "\x1b",
)
CONTROLS = (
    "nul\x00",
    "a\x08\x08\x08b",
    "bell\x07",
    "tab\there",
    "over\rwritten",
    "two\nlines",
    "page\x0c",
    "up\x0b",
    "shift\x0e\x0f",
    "del\x7f",
    "end\x1a",
)
C1 = ("\x9b31mC1", "\x9d0;title\x9c", "\x90q\x9c", "next\x85line", "\x84\x8d")
MARKS = (
    "\u202egpj.exe",
    "\u202dforced",
    "\u2066isolate\u2069",
    "\u200eleft\u200f",
    "\u061carab",
    "zero\u200bwidth",
    "join\u200d\u200c",
    "\ufefffirst",
    "soft\u00adhyphen",
    "line\u2028and\u2029end",
    "\U000e0041\U000e0042tags",
)
CONTROL = ESCAPES + CONTROLS + C1 + MARKS
PAYLOADS = MARKUP + CONTROL
NO_TEXT = ("caf\udce9", "\ud83d alone")  # bytes of the command line that are no UTF-8, and half a pair

# What nobody may be sent: C0 but for line feeds, DEL, C1, and marks that reorder, hide or break a line.
OBEYED = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e0fff]"
)
OUR_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def literal(text: str) -> str:
    """How a text is shown to people: on one line, with what a terminal would act upon written out."""
    marks = {"\t": "\\t", "\r": "\\r", "\n": "\\n"}
    return "".join(marks.get(mark) or (_written(mark) if OBEYED.match(mark) else mark) for mark in text)


def _written(mark: str) -> str:
    code = ord(mark)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
