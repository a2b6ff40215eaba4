"""One written number: taken apart, and read with a comma or a point before the decimals."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from msgspec import Struct

# ISO 4217 and a few signs made of letters; a fixed list, for three capitals may also be PCS.
_CODES = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD
    CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD
    GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD
    KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK
    NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS
    SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST
    XAF XCD XCG XOF XPF YER ZAR ZMW ZWG FR FT KČ KR LEI RS SFR ZŁ ГРН ЛВ РУБ
"""
_CURRENCIES = frozenset(_CODES.split())
_LONGEST = 60  # characters
_MONEY = r"[^0-9\s.,'’()+−-]{1,4}\.?"
_WRITTEN = re.compile(
    rf"(?P<open>\()?\s*+(?P<sign>[-+−])?\s*+(?P<before>{_MONEY})?\s*+(?P<inner>[-+−])?\s*+"
    rf"(?P<body>[.,]?[0-9](?:[0-9.,'’\s]*[0-9])?)\s*+(?P<after>{_MONEY})?\s*+(?P<close>\))?"
)
_BLANK_OR_APOSTROPHE = re.compile(r"[\s'’]")


def _figures(group: str, decimal: str) -> re.Pattern[str]:
    """Digits in one piece, in threes, or (as in India) in twos before the last three."""
    grouped = rf"[1-9][0-9]{{0,2}}(?:{group}[0-9]{{3}})+|[1-9][0-9]?(?:{group}[0-9]{{2}})+{group}[0-9]{{3}}"
    whole = rf"[0-9]+|{grouped}|[1-9][0-9]{{0,2}}(?:'[0-9]{{3}})+"
    return re.compile(rf"(?P<whole>{whole}|(?={decimal}))(?:{decimal}(?P<part>[0-9]+))?")


_WITH_COMMA = _figures(r"\.", ",")
_WITH_POINT = _figures(",", r"\.")


class Numeral(Struct, frozen=True, kw_only=True):
    """A number as it was written, its currency removed and its blanks turned into apostrophes."""

    negative: bool
    figures: str

    def told(self) -> bool | None:
        """Whether it has a decimal comma (True) or point (False), if it gives that away."""
        if self.is_torn() or self.is_plain():
            return None
        fits = [comma for comma in (True, False) if self._match(comma)]
        return fits[0] if len(fits) == 1 else None

    def is_torn(self) -> bool:
        """Whether it may be thousands or decimals: `1,234` or `1.234`."""
        return all(self._match(comma) for comma in (True, False)) and not self.is_plain()

    def is_plain(self) -> bool:
        """Whether it has neither point nor comma."""
        return not {".", ","} & set(self.figures)

    def value(self, comma: bool) -> Decimal:
        """The number, with its decimals as written. Raises ValueError if it is written the other way."""
        match = self._match(comma)
        if match is None:
            raise ValueError(f"is not a number with a decimal {'comma' if comma else 'point'}, as its column is")
        whole = re.sub(r"[^0-9]", "", match["whole"]) or "0"
        return Decimal(f"{'-' if self.negative else ''}{whole}.{match['part'] or ''}")

    def _match(self, comma: bool) -> re.Match[str] | None:
        return (_WITH_COMMA if comma else _WITH_POINT).fullmatch(self.figures)


def numeral(text: str) -> Numeral:
    """A number such as `1.234,56 €`, `USD 1,234.56`, `1'234.50`, `-5` or `(15.00)`, which is minus 15.

    Raises ValueError, whose text is the reason, for everything else: words, exponents, NaN, two signs, a
    parenthesis alone, and anything over 60 characters.
    """
    match = _WRITTEN.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if match is None or not all(map(_is_money, match.group("before", "after"))):
        raise ValueError("is not a number")
    signs = [sign for sign in match.group("open", "sign", "inner") if sign]
    if len(signs) > 1 or bool(match["open"]) != bool(match["close"]):
        raise ValueError("has signs or parentheses from which it is not clear whether it is negative")
    figures = _BLANK_OR_APOSTROPHE.sub("'", match["body"])
    return Numeral(negative=bool(signs) and signs[0] != "+", figures=figures)


def _is_money(token: str | None) -> bool:
    if token is None or token.rstrip(".").upper() in _CURRENCIES:
        return True
    return any(unicodedata.category(char) == "Sc" for char in token)
