"""Codes and their arithmetic: ids of our own, area codes, credit codes, phones, what must be masked."""

import base64
import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from types import MappingProxyType

COUNTY = "330226"
"""宁海县 (GB/T 2260)."""

UNITS = MappingProxyType(
    {
        "330226001": "跃龙街道",
        "330226002": "桃源街道",
        "330226003": "梅林街道",
        "330226004": "桥头胡街道",
        "330226101": "长街镇",
        "330226102": "力洋镇",
        "330226104": "一市镇",
        "330226105": "岔路镇",
        "330226106": "前童镇",
        "330226107": "桑洲镇",
        "330226108": "黄坛镇",
        "330226109": "大佳何镇",
        "330226110": "强蛟镇",
        "330226111": "西店镇",
        "330226112": "深甽镇",
        "330226200": "胡陈乡",
        "330226201": "茶院乡",
        "330226202": "越溪乡",
    }
)
"""The 18 streets, towns and townships of the county with their nine-digit area codes."""

_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_CREDIT = re.compile(r"[0-9A-HJ-NP-RTUWXY]{18}")
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ALNUM = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_MOBILE_PREFIX = re.compile(r"^(?:\+86|0086)", re.ASCII)
_NUMBERS = re.compile(r"(?<!\d)\d+(?:[ -]\d+)*[Xx]?(?![0-9A-Za-z])", re.ASCII)
_FULL_WIDTH = str.maketrans("０１２３４５６７８９Ｘｘ－\u3000", "0123456789Xx- ")
_CARD_LENGTHS = range(16, 20)
_GROUPS_AT_MOST = 19


def derived_id(*parts: str | int) -> str:
    """Give the id that follows from its parts: the same parts, the same id, on every machine.

    Parts are joined with their kind and length, so ("a", "bc") and ("ab", "c"), 1 and "1"
    differ. 26 lower-case characters (base32 of 16 bytes of SHA-256).
    """
    joined = "".join(
        f"i{len(text)}:{text}" if isinstance(part, int) else f"s{len(text)}:{text}"
        for part, text in ((part, str(part)) for part in parts)
    )
    digest = hashlib.sha256(joined.encode()).digest()[:16]
    return base64.b32encode(digest).decode().rstrip("=").lower()


def is_unit(code: str) -> bool:
    """Say whether a code is one of the county's 18 units."""
    return code in UNITS


def is_credit_code(code: str) -> bool:
    """Check a unified social credit code (统一社会信用代码, GB 32100-2015).

    Both its check characters count: its own and that of the organisation code inside it
    (GB 11714-1997, places 9-17).
    """
    if not _CREDIT.fullmatch(code):
        return False
    total = sum(
        _CREDIT_ALPHABET.index(character) * weight for character, weight in zip(code[:17], _CREDIT_WEIGHTS, strict=True)
    )
    return code[17] == _CREDIT_ALPHABET[-total % 31] and _is_organisation_code(code[8:17])


def _is_organisation_code(code: str) -> bool:
    total = sum(
        _ALNUM.index(character) * weight for character, weight in zip(code[:8], _ORGANISATION_WEIGHTS, strict=True)
    )
    return code[8] == "0123456789X"[-total % 11]


def normal_credit_code(code: str) -> str:
    """Give a credit code without spaces in capitals.

    Raises:
        ValueError: when it is no credit code; the message does not repeat it, for it may be an id number.
    """
    normal = re.sub(r"\s", "", code).upper()
    if not is_credit_code(normal):
        message = f"'{code}' is no unified social credit code (18 characters, GB 32100-2015): check it against the certificate"
        raise ValueError(message)
    return normal


def normal_mobile(number: str) -> str:
    """Give a mobile number as 11 digits, without spaces, hyphens and +86 or 0086.

    Raises:
        ValueError: when it is no mobile number; the message does not repeat it.
    """
    normal = _MOBILE_PREFIX.sub("", re.sub(r"[\s-]", "", number))
    if not _MOBILE.fullmatch(normal):
        raise ValueError("this is no mobile number of mainland China: give 11 digits that begin with 13 to 19")
    return normal


def masked_mobile(number: str) -> str:
    """Show a mobile number as 138****0000."""
    return f"{number[:3]}****{number[-4:]}"


def is_id_number(text: str) -> bool:
    """Say whether 18 characters are an id number (GB 11643-1999); used only to mask it."""
    if not re.fullmatch(r"\d{17}[\dXx]", text, re.ASCII):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text[:17], _ID_WEIGHTS, strict=True))
    return text[17].upper() == _ID_CHECKS[total % 11] and _is_birth_date(text[6:14])


def _is_birth_date(digits: str) -> bool:
    try:
        datetime.strptime(digits, "%Y%m%d")  # noqa: DTZ007 - only whether there is such a day
    except ValueError:
        return False
    return True


def is_bank_card(digits: str) -> bool:
    """Say whether 16 to 19 digits are a bank card number (Luhn, ISO/IEC 7812-1); used only to mask it."""
    if len(digits) not in _CARD_LENGTHS or not digits.isascii() or not digits.isdecimal():
        return False
    doubled = (sum(divmod(int(digit) * 2, 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def mask_forbidden(text: str) -> str:
    """Cover id numbers and bank card numbers in free text, keeping everything else.

    Neither may be kept anywhere (个人信息保护法 art. 6, 28). Spaces and hyphens between the
    digits and full-width digits hide nothing.
    """
    covered = list(text)
    for run in _NUMBERS.finditer(text.translate(_FULL_WIDTH)):
        for start, end in _forbidden_spans(run.group()):
            covered[run.start() + start : run.start() + end] = "*" * (end - start)
    return "".join(covered)


def _forbidden_spans(run: str) -> Iterator[tuple[int, int]]:
    # A number may stand beside another ("phone card"), so every stretch of groups is tried.
    groups = [(match.start(), match.end()) for match in re.finditer(r"[0-9Xx]+", run)]
    for place, (start, _) in enumerate(groups):
        for _, end in groups[place : place + _GROUPS_AT_MOST]:
            number = re.sub(r"[ -]", "", run[start:end])
            if is_id_number(number) or is_bank_card(number):
                yield start, end
