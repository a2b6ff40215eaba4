"""How a person or company is reached and named, spelled one way: e-mails, phones, names."""

from __future__ import annotations

import re
from functools import lru_cache

from crm_cli.domain.errors import BadValue

# Patterns stay text: re compiles and keeps them at the first use, which most commands never come to.
_LETTER = r"\w!#$%&'*+/=?^`{|}~-"
_EMAIL = (
    rf"(?i)[{_LETTER}]+(?:\.[{_LETTER}]+)*@(?:[^\W_](?:[\w-]*[^\W_])?\.)+"
    r"(?:[^\W\d_]{2,63}|xn--[a-z\d-]{1,59})"
)
_EMAIL_LENGTH = 254  # RFC 5321
_GMAIL = frozenset({"gmail.com", "googlemail.com"})
_NO_MAILBOX = frozenset({"none", "noemail", "no-email", "nomail", "no-mail", "unknown"})
_STAND_INS = _NO_MAILBOX | {"test", "na", "n.a", "example", "email", "x", "xx", "xxx", "asdf"}

_EXTENSION = r"(?i)[\s,;]{0,3}(?:ext(?:ension)?|x|durchwahl|dw|app(?:arat)?|доб|#)[\s.:=]{0,3}(\d{1,7})\Z"
_TAIL = 9  # digits; "+49 (0)89", "0049 89" and "089" agree in them
_RUN = "01234567890"

_SPELLED_OUT = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "å": "aa", "ł": "l"}
    | {"æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
_ACCENTS = dict.fromkeys(range(0x300, 0x370))
_ZERO_WIDTH = ((0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0xFE00, 0xFE0F))
_INVISIBLE = dict.fromkeys([0xAD, 0x180E, 0xFEFF])
_INVISIBLE |= {code: None for first, last in _ZERO_WIDTH for code in range(first, last + 1)}
_ASCII = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}

_NOTHING = frozenset({"n a", "na", "none", "null", "nil", "unknown", "tbd", "k a", "ka", "keine", "keiner"})
_FORMS = (
    "ag gmbh ggmbh gesmbh mbh kg kgaa ohg gbr ug haftungsbeschraenkt ek eu eg ev se stiftung "
    "co company corp corporation inc incorporated llc llp lp ltd limited plc pty pte "
    "sa sas sasu sarl eurl snc sl slu slp srl rl spa scrl sprl bv nv vof cv as asa aps oy oyj ab hb oue "
    "kft zrt nyrt sro doo spzoo oo uab lda ltda sdn bhd ood eood ооо оао зао пао ао ип тоо"
)
_LEGAL_FORMS = frozenset(_FORMS.split())
_SPACED_FORMS = ((" sp z oo ", " spzoo "), (" a s ", " as "))
_SPACED_INITIALS = r"(?<!\w)(\w)\.\s+(?=\w\.)"

_CLASSES = str.maketrans("cqzxdbvwnj", "kksstpffmg")
_CLASSES_ONLY_CONSONANTS = _CLASSES | dict.fromkeys(map(ord, "aeiouyh"))


def is_email(text: str) -> bool:
    """Whether this is one bare address of the usual form: no blanks, no display name, a dotted domain."""
    return len(text) <= _EMAIL_LENGTH and re.fullmatch(_EMAIL, _composed(text)) is not None


def read_email(text: str) -> str:
    """The address as typed without outer blanks; raises BadValue when it is none."""
    address = text.strip()
    if not is_email(address):
        raise BadValue(f"{text!r} is not an e-mail address", "write it like jane.doe@example.com")
    return address


@lru_cache(maxsize=1 << 16)  # an import asks for the same ones again and again
def email_key(text: str) -> str:
    """The mailbox behind an address, or "" for no address or a stand-in such as test@test.com.

    Lower case, blanks and +tag out; at gmail dots mean nothing and googlemail is the same house.
    """
    address = "".join(_composed(text).lower().split())
    if not is_email(address):
        return ""
    local, _, domain = address.rpartition("@")
    local = local.partition("+")[0]
    if domain in _GMAIL:
        local, domain = local.replace(".", ""), "gmail.com"
    stand_in = local in _NO_MAILBOX or (local in _STAND_INS and domain.partition(".")[0] in _STAND_INS)
    return "" if stand_in or not local else f"{local}@{domain}"


def read_phone(text: str, country: str) -> str:
    """The number in E.164 where it can be understood, else as typed without outer blanks.

    `country` is two letters (DE) and counts for numbers without a country code. An extension is kept
    as " ext. 12". Raises BadValue when there are fewer than 3 digits.
    """
    typed = text.strip()
    if _is_e164(typed):
        return typed
    digits = _digits(typed)
    if len(digits) < 3:
        raise BadValue(f"{text!r} is not a phone number", "write it like +49 30 23125100 or 030/23125-100")
    main, extension = _without_extension(typed)
    if _is_stand_in(digits) or _has_words(main):
        return typed
    number = _e164(main, country)
    return typed if not number else f"{number} ext. {extension}" if extension else number


@lru_cache(maxsize=1 << 16)
def phone_key(text: str) -> str:
    """What two spellings of one line have in common, or "" below 5 digits or for 000000 and 123456.

    All digits after a leading "+", else "tail:" and the last 9 digits; an extension does not count.
    """
    typed = text.strip()
    digits = typed[1:] if _is_e164(typed) else _digits(_main_line(typed))
    if len(digits) < 5 or _is_stand_in(digits):
        return ""
    return digits if typed[0] == "+" else f"tail:{digits[-_TAIL:]}"


def number_key(text: str) -> str:
    """A tax number without its punctuation, upper case; "" for nothing, n/a or 000000."""
    bare = "".join(filter(str.isalnum, text)).upper()
    return "" if _is_stand_in(bare) or known(fold(text)) == "" else bare


def fold(text: str) -> str:
    """Lower case words, ä as ae and so on, other accents gone, everything but letters and digits a blank.

    Other scripts keep their letters.
    """
    if text.isascii():
        return " ".join(text.translate(_ASCII).split())
    from unicodedata import category, normalize

    plain = normalize("NFKC", text.translate(_INVISIBLE)).casefold().translate(_SPELLED_OUT)
    letters = normalize("NFKC", normalize("NFKD", plain).translate(_ACCENTS)).casefold()
    words = "".join(c if c.isalnum() or category(c)[0] == "M" else " " for c in letters)
    return " ".join(words.split())


def known(folded: str) -> str:
    """The folded name, or "" when it only says that nobody knows: n/a, none, unknown."""
    return "" if folded in _NOTHING else folded


@lru_cache(maxsize=1 << 14)
def company_core(text: str) -> str:
    """The folded company name without its legal form: "Müller GmbH & Co. KG" is mueller.

    A name that is nothing but legal forms stays whole; n/a and the like give "".
    """
    joined = re.sub(_SPACED_INITIALS, r"\1.", text) if ". " in text else text
    folded = f" {known(fold(joined.replace('.', '').replace('&', ' and ')))} "
    for spaced, form in _SPACED_FORMS:
        folded = folded.replace(spaced, form)
    tokens = [token for token in folded.split() if token not in _LEGAL_FORMS]
    while tokens and tokens[-1] == "and":
        tokens.pop()
    return " ".join(tokens or folded.split())


@lru_cache(maxsize=16384)
def skeleton(token: str) -> str:
    """First letter and consonant classes of a folded word: schmidt and schmitt are smt, stephan is stfm.

    Vowels and h go, doubled letters count once, other scripts stay as they are.
    """
    plain = _undoubled(token).replace("sch", "s").replace("ph", "f")
    return _undoubled(plain[:1].translate(_CLASSES) + plain[1:].translate(_CLASSES_ONLY_CONSONANTS))


def _composed(text: str) -> str:
    if text.isascii():
        return text
    from unicodedata import normalize

    return normalize("NFKC", text.translate(_INVISIBLE))


def _undoubled(text: str) -> str:
    return "".join([char for before, char in zip(" " + text, text, strict=False) if char != before])


def _digits(text: str) -> str:
    return "".join([char for char in text if char.isdecimal()])


def _is_e164(text: str) -> bool:
    return text[:1] == "+" and text.isascii() and text[1:].isdigit() and 9 <= len(text) <= 16


def _is_stand_in(digits: str) -> bool:
    return len(set(digits)) < 2 or (len(digits) >= 5 and digits in _RUN)


def _without_extension(text: str) -> tuple[str, str]:
    """Main number and extension; "" where there is none."""
    match = re.search(_EXTENSION, text)
    if match is None or not _digits(text[: match.start()]):
        return text, ""
    return text[: match.start()], match[1]


def _main_line(text: str) -> str:
    """The first number alone: no extension, no "(0)" after a country code, no "oder 0171 2312"."""
    main = _without_extension(text)[0]
    if main[:1] == "+":
        main = main.replace("(0)", "")
    first = _first_digit(main)
    words = (at for at in range(first, len(main)) if main[at].isalpha() or main[at] in ";,#")
    return main[: next(words, len(main))]


def _has_words(text: str) -> bool:
    """Whether lower-case letters follow the digits: the parser would dial them, "oder" becoming 6337."""
    return any(char.islower() for char in text[_first_digit(text) :])


def _first_digit(text: str) -> int:
    return next((at for at, char in enumerate(text) if char.isdecimal()), len(text))


def _e164(text: str, country: str) -> str:
    """The number in E.164, or "" when it is none or lacks its area code."""
    import phonenumbers

    try:
        number = phonenumbers.parse(text, country.upper())
    except phonenumbers.NumberParseException:
        return ""
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return ""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
