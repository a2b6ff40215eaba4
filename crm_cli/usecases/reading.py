"""What people write turned into values of the desk; everything unreadable is refused here."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from crm_cli.crm import Crm
from crm_cli.domain.errors import BadValue
from crm_cli.domain.moment import Moment, read_day, read_moment
from crm_cli.domain.reach import read_email, read_phone
from crm_cli.domain.setting import one_of, rule_of

E = TypeVar("E", bound=StrEnum)


def number(text: str | int | Decimal | None, what: str) -> Decimal | None:
    """A plain decimal such as 1500 or 1500.50; raises BadValue, also for a float, which is not exact."""
    if text is None:
        return None
    try:
        value = Decimal("NaN") if isinstance(text, float) else Decimal(str(text).strip())
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value.adjusted()) > 30:
        raise BadValue(f"{what} {text!r} is no number", "write 1500 or 1500.50, without blanks or currency")
    return Decimal(f"{value:f}")  # 1e5 is 100000 from here on


def share(text: str | None, what: str) -> Decimal | None:
    """So many of a hundred, 25 or 25%, as a share of one."""
    found = number(text.strip().removesuffix("%") if text is not None else None, what)
    return None if found is None else found / 100


def choice(kind: type[E], text: str, what: str) -> E:
    """One of a fixed list."""
    for one in kind:
        if one.value == text.strip().lower().replace("-", "_").replace(" ", "_"):
            return one
    raise BadValue.not_one_of(what, text, [one.value for one in kind])


def emails(texts: Iterable[str] | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(read_email(text) for text in texts or ()))


def phones(texts: Iterable[str] | None, crm: Crm) -> tuple[str, ...]:
    """Spelled internationally where the number, or the country that is set, tells how."""
    country = str(crm.setting("country"))
    return tuple(dict.fromkeys(read_phone(text, country) for text in texts or ()))


def moment(text: str, crm: Crm) -> Moment:
    """A day or an instant, as people say it; of a time that comes twice it is the first, and that is said."""
    found = read_moment(text, crm.said)
    crm.mind_the_clocks(found)
    return found


def day(text: str | None, crm: Crm) -> str | None:
    """A day, as people say it."""
    return read_day(text, crm.said).isoformat() if text is not None else None


def _channel(text: str | None, crm: Crm) -> str | None:
    """One of the acquisition channels of the house."""
    if text is None:
        return None
    try:
        return one_of("channel", text, list(crm.setting("channels")))
    except BadValue as error:
        raise BadValue(
            error.message, f"{error.hint}; a new one: crm config set channels +{text!r}", **error.details
        ) from None


def currency(text: str | None, crm: Crm) -> str:
    """Three letters; that of the house if none was given."""
    return str(rule_of("currency").read(text) if text is not None else crm.setting("currency"))


def given(**fields: Any) -> dict[str, Any]:
    """Those that were given at all."""
    return {name: value for name, value in fields.items() if value is not None and value != ()}


def particulars(
    crm: Crm,
    *,
    email: Iterable[str] | None = None,
    phone: Iterable[str] | None = None,
    channel: str | None = None,
    potential: str | int | Decimal | None = None,
    **plain: Any,
) -> dict[str, Any]:
    """The particulars of a lead, account or contact that were given, each as it is kept."""
    return given(
        emails=emails(email),
        phones=phones(phone, crm),
        channel=_channel(channel, crm),
        potential=number(potential, "potential"),
        **plain,
    )
