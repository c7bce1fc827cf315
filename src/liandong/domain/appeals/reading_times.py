"""When it happened, in the caller's words: ``昨晚八点多``, ``刚才``, ``半小时前``, ``3月2号下午``."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from liandong.domain.appeals.reading_numerals import number
from liandong.domain.appeals.reading_spans import Span, span
from liandong.domain.appeals.reading_words import Words

__all__ = ["read_times", "resolve"]

_SIGNS = frozenset("点时刻刚月日号天晚周礼星期年前早午夜晨昨今傍:：分现目直")
_N = r"(?:\d{1,4}|[〇零一二两三四五六七八九十百半几]{1,4})"
_DAY = (
    rf"(?:\d{{4}}年(?:{_N}月(?:份)?(?:{_N}[日号])?)?|{_N}月(?:{_N}[日号]|份|底|初)|\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|大?前天|昨天|昨日|昨晚|昨夜|今天|今日|今早|今晚|今晨|当天|当晚|前晚"
    r"|(?:上|这|本)?(?:个)?(?:周|星期|礼拜)[一二三四五六日天](?!\S?年)|上个?(?:周|星期|礼拜|月)|前几天|前两天|这几天|最近|近期|去年|前年|今年(?:以来)?)"
)
_PART = r"(?:凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|半夜|深夜|夜间|晚间|大清早|一大早)"
_HOUR = rf"(?:{_N}点(?:{_N}分|半|多|左右|钟|{_N})?(?:左右|钟|多)?|\d{{1,2}}[：:]\d{{2}}(?:[：:]\d{{2}})?|{_N}时{_N}分|{_N}[点时](?=[，。,许左至到]))"
_AGO = rf"(?:大概|大约)?{_N}(?:多|来)?个?(?:半)?(?:分钟|小时|钟头|天|星期|礼拜|周|月|年)(?:多)?(?:以?前|之前)"
_NOW = r"刚才|刚刚|刚(?=[被有看发给从接过])|现在|目前|这会儿|此刻|眼下|方才|正在"
#: A time begins with one of these; looked at first, because most places in a text are no time.
_FIRST = r"(?=[\d〇零一二两三四五六七八九十百半几大约概前昨今当上这本个周星礼最近去凌清早中下傍晚夜深刚现目此眼方正])"
_TIME = re.compile(rf"{_FIRST}(?:{_AGO}|{_DAY}[的，]?{_PART}?{_HOUR}?|{_PART}{_HOUR}?|{_HOUR}(?!接|入|火)|{_NOW})")
_AGO_PARTS = re.compile(rf"({_N})(?:多|来)?个?(半)?(分钟|小时|钟头|天|星期|礼拜|周|月|年)")
_CLOCK = re.compile(r"(\d{1,2}|[〇零一二两三四五六七八九十]{1,3})(?:点|时|[：:])(?:(\d{1,2}|[〇零一二三四五六七八九十]{1,3})分?|(半))?")
_DATE = re.compile(r"(?:(\d{4})[年\-/.])?(\d{1,2}|[一二三四五六七八九十]{1,3})[月\-/.](\d{1,2}|[一二三四五六七八九十]{1,3})[日号]?")
_DAYS_BACK = (("大前天", 3), ("前天", 2), ("前晚", 2), ("昨", 1), ("今", 0), ("当天", 0), ("当晚", 0))
_MINUTES = {"分钟": 1, "小时": 60, "钟头": 60, "天": 1440, "星期": 10080, "礼拜": 10080, "周": 10080, "月": 43_200, "年": 525_600}
_LATE = re.compile("下午|傍晚|晚|夜里|深夜|夜间")


def read_times(words: Words, now: datetime | None = None) -> list[Span]:
    """Return the times named, with an ISO value when ``now`` is given and the words fix one.

    Parameters:
        now: the moment the words were said, in the city's zone; None keeps the words as they are.
    """
    if words.chars.isdisjoint(_SIGNS):
        return []
    found = []
    for match in _TIME.finditer(words.plain):
        value = ""
        if now is not None:
            moment = resolve(match[0], now)
            value = moment.isoformat(timespec="minutes") if moment else ""
        found.append(span(words, "time", match.start(), match.end(), value))
    return found


def resolve(said: str, now: datetime) -> datetime | None:
    """Return the moment that ``said`` means at ``now``, in the same zone; None when the words fix none.

    Parameters:
        said: such as ``昨晚八点多`` or ``半小时前``.
        now: when it was said.
    """
    if said.startswith(("刚", "现在", "目前", "这会儿", "此刻", "眼下", "方才", "正在")):
        return now
    if said.endswith("前"):
        return _ago(said, now)
    day = _day(said, now)
    clock = _CLOCK.search(said)
    if clock is None:
        return day if day and not any(part in said for part in ("早", "午", "晚", "夜", "晨")) else None
    hour, minute = int(number(clock[1]) or 0), 30 if clock[3] else int(number(clock[2]) or 0) if clock[2] else 0
    if hour < 12 and (_LATE.search(said) or ("中午" in said and hour < 3)) and "凌晨" not in said and not ("半夜" in said and hour < 6):
        hour += 12
    if hour > 24 or minute > 59:
        return None
    base = day or now.replace(hour=0, minute=0, second=0, microsecond=0)
    return base + timedelta(hours=hour, minutes=minute)


def _ago(said: str, now: datetime) -> datetime | None:
    parts = _AGO_PARTS.search(said)
    if parts is None:
        return None
    amount = number(parts[1]) if parts[1] != "几" else None
    if amount is None:
        return None
    return now - timedelta(minutes=(amount + (0.5 if parts[2] else 0)) * _MINUTES[parts[3]])


def _day(said: str, now: datetime) -> datetime | None:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for word, back in _DAYS_BACK:
        if word in said:
            return midnight - timedelta(days=back)
    date = _DATE.search(said)
    if date is None:
        return None
    month, day = int(number(date[2]) or 0), int(number(date[3]) or 0)
    try:
        made = midnight.replace(year=int(date[1]) if date[1] else now.year, month=month, day=day)
    except ValueError:
        return None
    return made.replace(year=made.year - 1) if not date[1] and made > now and (month, day) != (2, 29) else made
