"""What can be wrong with a pack, each with a stable code and a sentence in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from liandong.domain.errors import MESSAGES, Message

__all__ = ["REASONS", "Problem", "Problems"]

#: code -> sentence; ``{names}`` are filled from the problem's data.
REASONS: dict[str, Message] = {
    "file.missing": Message("缺少这个文件", "this file is missing"),
    "file.not_plain": Message("不是普通文件，或者不能读取", "not a plain file, or not readable"),
    "file.too_large": Message("文件超过 {limit} 字节", "larger than {limit} bytes"),
    "file.unknown": Message("城市包里没有这个文件的位置，是不是写错了名字？", "a pack has no such file; is the name misspelt?"),
    "file.encoding": Message("不是 UTF-8 编码", "not UTF-8"),
    "file.control": Message("含有控制字符 {character}", "holds the control character {character}"),
    "toml.syntax": Message("TOML 写法有误：{detail}", "TOML: {detail}"),
    "csv.syntax": Message("CSV 写法有误：{detail}", "CSV: {detail}"),
    "csv.header": Message("表头应为 {expected}", "the header must be {expected}"),
    "csv.width": Message("这一行有 {width} 格，表头有 {expected} 格", "this row has {width} cells, the header {expected}"),
    "csv.empty": Message("没有任何数据行", "no rows"),
    "geojson.syntax": Message("JSON 写法有误：{detail}", "JSON: {detail}"),
    "geojson.shape": Message("第 {feature} 个要素有误：{detail}", "feature {feature}: {detail}"),
    "key.missing": Message("缺少 {key}", "{key} is missing"),
    "key.unknown": Message("没有名为 {key} 的项，是不是写错了？", "no key {key} here; is it misspelt?"),
    "key.type": Message("{key} 应为{expected}", "{key} must be {expected}"),
    "key.empty": Message("{key} 是空的", "{key} is empty"),
    "key.choice": Message("{key} 为“{value}”，只能是 {choices}", "{key} is “{value}”, only {choices} are known"),
    "code.form": Message("编号“{value}”写法有误：{detail}", "code “{value}”: {detail}"),
    "code.duplicate": Message("编号“{value}”重复，第 {first} 行已有", "code “{value}” is already on line {first}"),
    "code.unknown": Message("{key} 指向“{value}”，但没有这个编号", "{key} names “{value}”, which does not exist"),
    "code.ring": Message("“{value}”的上级绕成了一圈", "the parents of “{value}” run in a ring"),
    "code.order": Message("“{value}”应写在上级“{parent}”之后", "“{value}” must come after its parent “{parent}”"),
    "cue.empty": Message("{key} 中有空词", "{key} holds an empty cue"),
    "cue.duplicate": Message("{key} 中“{cue}”重复", "{key} holds “{cue}” twice"),
    "cue.both": Message("“{cue}”同时写在 cues 和 counter_cues 中", "“{cue}” is both a cue and a counter-cue"),
    "cue.regex": Message("“{cue}”不是正确的正则：{detail}", "“{cue}” is no pattern: {detail}"),
    "cue.unbounded": Message(
        "“{cue}”没有限定长度：请用 {{0,20}} 代替 * 和 +，重复里不要再套重复",
        "“{cue}” is not bounded: use {{0,20}} for * and +, no repeat inside a repeat",
    ),
    "division.form": Message("区划代码“{value}”应为 6、9 或 12 位数字", "division code “{value}” must have 6, 9 or 12 digits"),
    "function.no_owner": Message("没有一个单位承担“{function}”职能", "no unit has the function “{function}”"),
    "clause.missing": Message("“{value}”没有依据条款（clause）", "“{value}” rests on no clause"),
    "clock.no_source": Message("时限“{value}”没有写明出处（source）", "the clock “{value}” has no source"),
    "limit.form": Message("{key} 写法有误：{value}，应为“5 workdays”这样", "{key}: {value}; write it like “5 workdays”"),
    "zone.unknown": Message("没有名为“{value}”的时区", "no time zone “{value}”"),
    "hours.form": Message(
        "{key} 写法有误：{value}，应为“08:30-17:30”，先后有序、互不重叠",
        "{key}: {value}; write it like “08:30-17:30”, in order, not overlapping",
    ),
    "hour.form": Message("{key} 写法有误：{value}，应为“08:30”", "{key}: {value}; write it like “08:30”"),
    "day.covered": Message("{value} 已过日历截止日", "{value} lies after the end of the calendar"),
    "date.order": Message("{value} 不能早于 {first}", "{value} must not come before {first}"),
    "ruling.contradiction": Message(
        "裁定“{value}”与“{other}”同期、同事项、归属不同", "ruling “{value}” contradicts “{other}” on the same matter at the same time"
    ),
    "pack.unknown": Message("没有名为“{value}”的城市包", "no pack named “{value}”"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and where."""

    #: Name of the file inside the pack.
    file: str
    #: Line, from 1; 0 where the whole file is meant.
    line: int
    #: A key of ``REASONS``.
    code: str
    data: Mapping[str, object] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """The sentence in Chinese."""
        return _fill(REASONS[self.code].zh, self.data)

    @property
    def reason_in_english(self) -> str:
        """The sentence in English."""
        return _fill(REASONS[self.code].en, self.data)

    def __str__(self) -> str:
        return _fill(MESSAGES["pack.broken"].zh, {"file": self.file, "line": self.line, "reason": self.reason})


class Problems:
    """Collects what is wrong while a pack is read, so that one look shows everything."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, file: str, line: int, code: str, **data: object) -> None:
        """Note one problem; values are cut to 80 characters so that a hostile file cannot flood a screen."""
        shown = {name: str(value)[:80] for name, value in data.items()}
        problem = Problem(file, line, code, shown)
        if problem not in self.found:
            self.found.append(problem)


def _fill(template: str, data: Mapping[str, object]) -> str:
    return template.format_map(data)
