"""The two cities that ship, and what the check says of broken ones."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from pathlib import Path
from time import process_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import liandong.packs
from liandong.adapters.packs import PackSettings, Problem, check_pack, list_packs, load_pack
from liandong.adapters.packs.cues import pattern_problem
from liandong.adapters.packs.directory import UNIT_KINDS
from liandong.adapters.packs.lists import PARTICULARS
from liandong.adapters.packs.loader import COORDINATION, FILES
from liandong.adapters.packs.problems import REASONS
from liandong.adapters.packs.timing import MACHINES
from liandong.domain.catalogue.items import Kind, Side
from liandong.domain.errors import PackError
from liandong.domain.journal import Role
from liandong.domain.routing import DivisionLevel

SHIPPED = Path(liandong.packs.__path__[0])
BOTH = pytest.mark.parametrize("name", ["xiangcheng", "jining"])


# what ships --------------------------------------------------------------------------------------------------------


def test_two_packs_ship() -> None:
    assert list_packs() == ("jining", "xiangcheng")


@BOTH
def test_a_shipped_pack_has_nothing_wrong(name: str) -> None:
    assert [str(each) for each in check_pack(name)] == []


def test_xiangcheng_has_the_sixteen_classes_of_the_annex_in_its_order() -> None:
    catalogue = load_pack("xiangcheng").catalogue
    assert [(each.code, each.name) for each in catalogue.classes] == [
        ("H1", "公共设施"),
        ("H2", "市容管理"),
        ("H3", "农林绿化"),
        ("H4", "施工管理"),
        ("H5", "环境保护"),
        ("H6", "市场监督"),
        ("H7", "矛盾纠纷"),
        ("H8", "其他求助"),
        ("P1", "违法犯罪"),
        ("P2", "群体性事件"),
        ("P3", "道路交通管理"),
        ("P4", "治安灾害事故"),
        ("P5", "群众救助服务"),
        ("P6", "抢险抗灾救援"),
        ("P7", "涉警投诉举报"),
        ("P8", "其他紧急求助"),
    ]
    assert all(each.side is (Side.HOTLINE if each.code[0] == "H" else Side.POLICE) for each in catalogue.items)


#: The sub-items of annex 2 in the order of its text; the words that the line of the annex has for each.
ANNEX = {
    "H1": "供排水 燃气 供暖 路灯 消防栓 线缆线杆 道路 桥梁 积水 围墙和广告牌",
    "H2": "违章搭建 垃圾清运 道路清扫 污水漫溢 无证设摊 占道经营 餐饮油烟 河流清淤 贴刷广告 城市饲养家禽家畜",
    "H3": "动植物疫情 树木倾倒 树木修剪 除虫除害 破坏绿化 动物尸体清理",
    "H4": "工地扬尘 抛洒滴漏 施工噪音 违规开挖 房屋受损 违规拆改墙体",
    "H5": "光污染 水体污染 空气污染 工业生产噪音 交通运输噪音",
    "H6": "无证经营 黑车营运 宰客甩客 商品和服务质量投诉 物价举报 消费维权 动物贩卖 未成年人进出营业性娱乐场所",
    "H7": "矛盾纠纷",
    "H8": "物业管理投诉 弱势群体救助 涉及政务服务的其他投诉举报、咨询求助 商定的其他事项",
    "P1": "刑事 治安 线索",
    "P2": "涉及社会稳定 妨害治安秩序 危及人身、财产安全",
    "P3": "道路交通事故 非道路交通事故 交通堵塞 车辆管理 公安管理的道路交通设施损坏",
    "P4": "劳动生产 危化物品泄露 中毒 爆炸 火灾 爆燃 沉船 挤压死伤 建筑坍塌 疫情灾害 自然天气灾害",
    "P5": "走失 溺水 高坠 自杀 孤立无援",
    "P6": "水 电 油 气 热 地震 洪涝 泥石流",
    "P7": "违反法律法规 违法行使职权 不履行法定职责 不遵守 违背职业道德",
    "P8": "危及公共安全、人身或者财产安全 扬言实施过激行为 矛盾纠纷激化 事态难以控制 阻碍行政执法",
}


@pytest.mark.parametrize("code", ANNEX)
def test_xiangcheng_has_every_sub_item_of_the_annex_in_the_order_of_its_text(code: str) -> None:
    catalogue = load_pack("xiangcheng").catalogue
    words = ANNEX[code].split(" ")
    lines = catalogue.below(code)
    assert [each.code for each in lines] == [f"{code}.{number:02d}" for number in range(1, len(words) + 1)]
    for line, word in zip(lines, words, strict=True):
        assert word in line.name, f"{line.code} {line.name}"
        assert word in line.clause.text
    assert [lines[0].clause.text.index(word) for word in words] == sorted(lines[0].clause.text.index(word) for word in words)


def test_cooking_smoke_is_h2_07_and_needs_to_know_which_restaurant() -> None:
    catalogue = load_pack("xiangcheng").catalogue
    smoke = catalogue.item("H2.07")
    assert smoke is not None
    assert smoke.name == "餐饮油烟"
    assert "油烟" in smoke.cues
    assert smoke.required[:2] == ("place", "company")
    assert dict(smoke.questions)["company"] == "请问是哪家店在排油烟？招牌叫什么？"
    assert smoke.functions[0] == "城管"
    top = catalogue.class_of("H2.07")
    assert top is not None
    assert top.code == "H2"
    assert catalogue.class_of("H9") is None


def test_jining_has_every_cell_of_its_scope_table_and_every_numbered_line() -> None:
    catalogue = load_pack("jining").catalogue
    cells = {(each.kinds[0], each.side): len(catalogue.below(each.code)) for each in catalogue.classes}
    assert set(cells) == {
        (Kind.ALARM, Side.POLICE),
        (Kind.ENQUIRY, Side.HOTLINE),
        (Kind.HELP, Side.HOTLINE),
        (Kind.HELP, Side.POLICE),
        (Kind.COMPLAINT, Side.HOTLINE),
        (Kind.COMPLAINT, Side.POLICE),
        (Kind.SUGGESTION, Side.HOTLINE),
    }
    assert cells[Kind.HELP, Side.HOTLINE] == cells[Kind.HELP, Side.POLICE] == 6
    assert cells[Kind.ALARM, Side.POLICE] == 6


def test_every_line_of_jining_names_a_line_of_the_common_register_of_the_same_side_but_one() -> None:
    register = load_pack("xiangcheng").catalogue
    apart = []
    for line in load_pack("jining").catalogue.items:
        common = register.item(line.common)
        assert common is not None, line.code
        if common.side is not line.side:
            apart.append(line.name)
    assert apart == ["挪车"], (
        "车辆管理 is police's in Xiangcheng's annex and a non-urgent police business that 12345 takes in Jining's table"
    )
    used = {line.common for line in load_pack("jining").catalogue.items}
    missing = [each.code for each in register.items if each.code.count(".") == 1 and each.code not in used and each.code[0] == "P"]
    assert missing == [], "no police line may have no place in the other city's list"


@BOTH
def test_every_line_can_be_recognised_asked_about_and_led(name: str) -> None:
    catalogue = load_pack(name).catalogue
    for line in catalogue.items:
        assert len(line.cues) >= 5, line.code
        assert line.definition, line.code
        assert line.clause.text, line.code
        assert line.clause.document, line.code
        assert line.functions, line.code
        assert [key for key, _ in line.questions] == list(line.required), line.code
        assert set(line.required) <= set(PARTICULARS), line.code
        assert line.common, line.code


@BOTH
def test_no_cue_of_a_police_danger_is_a_plain_cue_of_a_hotline_line(name: str) -> None:
    catalogue = load_pack(name).catalogue
    hotline = {cue for line in catalogue.items if line.side is Side.HOTLINE for cue in line.cues}
    for line in catalogue.items:
        if line.common.partition(".")[0] in ("P4", "P5", "P6"):
            assert not set(line.cues) & hotline, line.code


@BOTH
def test_the_matters_that_neither_side_takes_have_a_door_and_words(name: str) -> None:
    doors = {each.code: each for each in load_pack(name).catalogue.doors}
    for code in ("litigation", "arbitration", "discipline", "review", "disclosure", "petition", "secrets", "morals"):
        assert "国办发〔2020〕53号" in doors[code].clause.document
        assert len(doors[code].words) > 20
    assert doors["discipline"].phone == "12388"
    assert doors["litigation"].phone == "12368"


@BOTH
def test_a_pack_is_enough_to_run_a_city(name: str) -> None:
    pack = load_pack(name)
    assert {each.role for each in pack.users} == {each.value for each in Role} - {"citizen", "system"}
    assert {each.side for each in pack.users} == {"police", "hotline"}
    assert {each.side for each in pack.nodes if not each.parent} == {"police", "hotline"}
    streets = {each.code for each in pack.divisions if each.level is DivisionLevel.STREET}
    assert {each.division for each in pack.units if "派出所" in each.functions} >= streets
    functions = {function for each in pack.units for function in each.functions}
    assert functions >= {"消防", "急救", "燃气", "供水", "供电", "供热", "法律援助", "网格", "志愿者", "公安交管", "人社", "属地"}
    assert not any("法院" in each.name for each in pack.units)
    assert len({each.phone for each in pack.units}) == len(pack.units)
    assert all(re.fullmatch(r"05\d\d-0000-\d{4}", each.phone) for each in pack.units), "no number that could be somebody's"
    assert pack.city_code in {each.code for each in pack.divisions}
    assert all(each.source for each in pack.clocks)


def test_the_limits_of_the_documents_are_there() -> None:
    pack = load_pack("xiangcheng")
    limits = {each.code: str(each.limit) for each in pack.clocks}
    assert limits["workorder.arrive.town"] == "30 minutes"
    assert limits["workorder.arrive.country"] == "60 minutes"
    assert limits["alarm.arrive.town"] == "5 minutes"
    assert limits["alarm.arrive.country"] == "10 minutes"
    assert limits["workorder.refuse"] == "2 workdays"
    for kind, limit in (
        ("咨询", "2 workdays"),
        ("求助", "10 workdays"),
        ("意见建议", "10 workdays"),
        ("投诉举报", "15 workdays"),
        ("", "5 workdays"),
    ):
        rule = pack.clock_for("workorder", "handle", kind)
        assert rule is not None
        assert str(rule.limit) == limit
        assert str(rule.extension) == "10 workdays"
    jining = load_pack("jining").clock_for("workorder", "handle", "投诉举报")
    assert jining is not None
    assert str(jining.limit) == "5 workdays", "Shandong's own rule knows one limit"
    assert pack.clock_for("workorder", "nothing") is None


def test_every_file_setting_and_particular_is_in_the_reference() -> None:
    reference = Path(__file__).parents[2].joinpath("docs/reference/packs.md").read_text("utf-8")
    names = [*FILES, *PARTICULARS, *(each.name for each in fields(PackSettings)), *UNIT_KINDS, *COORDINATION, *MACHINES]
    assert [name for name in names if f"`{name}`" not in reference] == []


# broken ones -------------------------------------------------------------------------------------------------------


@pytest.fixture()
def city(tmp_path: Path) -> Path:
    folder = tmp_path / "city"
    shutil.copytree(SHIPPED / "xiangcheng", folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def swap(name: str, old: str, new: str) -> Callable[[Path], tuple[str, int]]:
    """Return what replaces the first ``old`` in a file and says where it stood."""

    def act(folder: Path) -> tuple[str, int]:
        text = (folder / name).read_text("utf-8")
        assert old in text, f"{name} has no {old!r}"
        line = text.count("\n", 0, text.index(old)) + 1
        (folder / name).write_text(text.replace(old, new, 1), "utf-8")
        return name, line

    return act


def last_line(name: str, row: str) -> Callable[[Path], tuple[str, int]]:
    def act(folder: Path) -> tuple[str, int]:
        text = (folder / name).read_text("utf-8") + row + "\n"
        (folder / name).write_text(text, "utf-8")
        return name, text.count("\n")

    return act


def raw(name: str, content: bytes, line: int) -> Callable[[Path], tuple[str, int]]:
    def act(folder: Path) -> tuple[str, int]:
        (folder / name).write_bytes(content)
        return name, line

    return act


SMOKE = 'code = "H2.07"'
BROKEN = [
    ("file.missing", lambda folder: ((folder / "units.csv").unlink(), ("units.csv", 0))[1]),
    ("file.not_plain", lambda folder: ((folder / "doors.toml").unlink(), (folder / "doors.toml").mkdir(), ("doors.toml", 0))[2]),
    ("file.too_large", raw("texts.toml", b"#" * 4_000_001, 0)),
    ("file.unknown", raw("holiday.toml", b"", 0)),
    ("file.encoding", raw("texts.toml", b'[texts]\n"a" = "\xff\xfe"\n', 2)),
    ("file.control", raw("texts.toml", b'[texts]\n"a" = "\x00"\n', 2)),
    ("toml.syntax", swap("pack.toml", 'city = "', "city = ")),
    ("toml.syntax", raw("texts.toml", b"a = " + b"9" * 5000 + b"\n", 1)),
    ("toml.syntax", raw("texts.toml", b"a = " + b"[" * 5000, 1)),
    ("csv.width", last_line("units.csv", "xc-new,新单位,1")),
    ("hour.form", last_line("roster.csv", "xc-rs,1,8:00,17:00,某人,0512,,")),
    ("csv.header", swap("units.csv", "code,name", "name,code")),
    ("csv.empty", raw("users.csv", b"username,name,role,side,unit\n", 1)),
    ("csv.syntax", last_line("users.csv", 'a,"b"c,officer,police,xc-pb')),
    ("geojson.syntax", swap("territories.geojson", '"FeatureCollection"', "FeatureCollection")),
    ("geojson.shape", swap("territories.geojson", '"code":"320507100"', '"code":"999999"')),
    ("key.missing", swap("clocks.toml", 'name = "话务接听"\n', "")),
    ("key.missing", swap("pack.toml", 'zone = "Asia/Shanghai"\n', "")),
    ("key.unknown", swap("catalogue.toml", 'definition = "饭店', 'defenition = "饭店')),
    ("key.type", swap("catalogue.toml", 'name = "餐饮油烟"', "name = 7")),
    ("key.type", swap("pack.toml", "repeat_minutes = 60", "repeat_minutes = 0")),
    ("key.type", swap("pack.toml", "auto_confirm = true", 'auto_confirm = "yes"')),
    ("key.empty", swap("catalogue.toml", 'name = "餐饮油烟"', 'name = " "')),
    ("key.choice", swap("users.csv", "call_taker", "caller")),
    (
        "key.choice",
        swap(
            "catalogue.toml",
            'required = ["place", "company", "time", "phone"]\nfunctions = ["城管", "生态环境"]',
            'required = ["shoesize"]\nfunctions = ["城管"]',
        ),
    ),
    ("code.form", swap("catalogue.toml", SMOKE, 'code = "H3.07"')),
    ("code.form", swap("clocks.toml", 'code = "call.answer"', 'code = "Answer!"')),
    ("code.duplicate", swap("catalogue.toml", SMOKE, 'code = "H2.06"')),
    ("code.duplicate", last_line("users.csv", "xc110-call1,再来,officer,police,xc-pb")),
    ("code.duplicate", last_line("divisions.csv", "320507001,又一个,320507,street")),
    ("code.unknown", last_line("units.csv", "xc-new,新单位,1,hotline,department,xc-nobody,城管,320507,0512-0000-9999,24h,,")),
    ("code.unknown", last_line("units.csv", "xc-new,新单位,1,hotline,department,,城管,320599,0512-0000-9999,24h,,")),
    ("code.unknown", last_line("users.csv", "new,新人,officer,police,xc-nobody")),
    ("code.unknown", swap("catalogue.toml", 'clause = "xc-a2-H2"', 'clause = "xc-a2-H99"')),
    ("code.unknown", swap("pack.toml", '["P2", "P4"]', '["P2", "P9"]')),
    ("code.ring", swap("divisions.csv", "320000,江苏省,,province", "320000,江苏省,320507,province")),
    ("code.order", swap("catalogue.toml", 'code = "H2"\n', 'code = "H9"\n')),
    ("cue.empty", swap("catalogue.toml", '"油烟", "烧烤"', '"油烟", " "')),
    ("cue.empty", swap("catalogue.toml", '"油烟", "烧烤"', '"油烟", "re:"')),
    ("cue.duplicate", swap("catalogue.toml", '"油烟", "烧烤"', '"油烟", "油烟"')),
    ("cue.both", swap("catalogue.toml", '"油烟", "烧烤"', '"油烟", "起火"')),
    ("cue.regex", swap("catalogue.toml", '"油烟", "烧烤"', '"油烟", "re:(未闭合"')),
    ("cue.regex", swap("catalogue.toml", '"油烟", "烧烤"', '"油烟", "re:(油烟)?"')),
    ("cue.unbounded", swap("catalogue.toml", '"油烟", "烧烤"', '"油烟", "re:(油+)+烟"')),
    ("division.form", last_line("divisions.csv", "3205,短码,320500,county")),
    ("function.no_owner", lambda folder: (swap("catalogue.toml", '"便民开锁"', '"开锁大师"')(folder), ("units.csv", 0))[1]),
    ("clause.missing", swap("catalogue.toml", 'clause = "xc-a2-H2"\n', "")),
    ("clock.no_source", swap("clocks.toml", 'source = "GB/T 33358-2016 政府热线服务规范：15秒内接听，接通率不低于95%"', 'source = ""')),
    ("limit.form", swap("clocks.toml", 'limit = "15 seconds"', 'limit = "soon"')),
    ("zone.unknown", swap("pack.toml", "Asia/Shanghai", "Asia/Atlantis")),
    ("zone.unknown", swap("pack.toml", "Asia/Shanghai", "../../etc/passwd")),
    ("hours.form", swap("holidays.toml", '"13:30-17:30"', '"09:30-17:30"')),
    ("day.covered", swap("holidays.toml", "date = 2027-01-01", "date = 2028-01-01")),
    ("date.order", swap("holidays.toml", "covered_to = 2027-12-31", "covered_to = 2020-12-31")),
]


@pytest.mark.parametrize(("code", "breaks"), BROKEN, ids=[f"{number:02d}-{code}" for number, (code, _) in enumerate(BROKEN)])
def test_a_broken_pack_is_reported_with_file_line_and_reason(city: Path, code: str, breaks: Callable[[Path], tuple[str, int]]) -> None:
    file, line = breaks(city)
    found = check_pack(city)
    mine = [each for each in found if each.code == code and each.file == file]
    assert mine, [str(each) for each in found]
    if code in ("toml.syntax", "csv.syntax", "geojson.syntax", "key.missing", "clause.missing", "code.order"):
        assert abs(mine[0].line - line) <= 13, f"{mine[0].line} is far from {line}"
    elif code in ("cue.empty", "cue.duplicate", "cue.both", "cue.regex", "cue.unbounded", "code.ring", "key.choice"):
        assert abs(mine[0].line - line) <= 6, f"{mine[0].line} is far from {line}"
    else:
        assert line in [each.line for each in mine], f"{[each.line for each in mine]} is not {line}"
    assert mine[0].reason
    assert mine[0].reason_in_english
    with pytest.raises(PackError) as caught:
        load_pack(city)
    assert caught.value.data["file"] == found[0].file
    assert caught.value.data["reason"] == found[0].reason
    assert str(found[0].line) in caught.value.sentence("zh")


def test_every_reason_that_can_be_given_is_tried_or_named_here() -> None:
    tried = {code for code, _ in BROKEN} | {"pack.unknown", "ruling.contradiction"}
    assert set(REASONS) - tried == set()


def test_everything_wrong_is_said_at_once_and_in_order(city: Path) -> None:
    swap("pack.toml", "Asia/Shanghai", "Asia/Atlantis")(city)
    swap("clocks.toml", 'limit = "15 seconds"', 'limit = "soon"')(city)
    last_line("units.csv", "xc-new,新单位,1")(city)
    assert [(each.file, each.code) for each in check_pack(city)] == [
        ("pack.toml", "zone.unknown"),
        ("units.csv", "csv.width"),
        ("clocks.toml", "limit.form"),
    ]


@pytest.mark.parametrize("name", ["", "nowhere", "../xiangcheng", "xiang\x00cheng", "/proc/self/mem", "x" * 5000, "Xiangcheng"])
def test_a_pack_that_is_not_there_is_a_pack_error(name: str) -> None:
    with pytest.raises(PackError) as caught:
        load_pack(name if name else "没有")
    assert caught.value.code == "pack.broken"


def test_a_folder_given_by_path_is_loaded(city: Path) -> None:
    assert load_pack(city).city == load_pack("xiangcheng").city
    assert load_pack(str(city)).catalogue == load_pack("xiangcheng").catalogue


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a named pipe")
def test_a_named_pipe_does_not_stop_the_check(city: Path) -> None:
    (city / "texts.toml").unlink()
    os.mkfifo(city / "texts.toml")
    assert [each.code for each in check_pack(city)] == ["file.not_plain", "key.missing"][:1]


# rulings -----------------------------------------------------------------------------------------------------------

RULING = """
[[clause]]
code = "hs-2026-1"
document = "相城区12345与110会商纪要（2026年第1号）"
place = "二"
text = "未查明是否犯罪的传销，由市场监管牵头，公安配合；查明拉人头限制自由的，移送公安。"

[[ruling]]
code = "R2026-1"
item = "P1.01.03"
side = "{side}"
cues = ["拉人头"]
lead = "市场监管"
words = "查明犯罪事实之前由市场监管牵头。"
effective_from = {begins}
clause = "hs-2026-1"
"""


def test_a_ruling_enters_the_list_from_its_date_and_cites_its_minutes(city: Path) -> None:
    (city / "rulings.toml").write_text(RULING.format(side="joint", begins="2026-03-01"), "utf-8")
    catalogue = load_pack(city).catalogue
    assert [each.code for each in catalogue.rulings_on(date(2026, 3, 1))] == ["R2026-1"]
    assert catalogue.rulings_on(date(2026, 2, 28)) == ()
    assert catalogue.rulings[0].clause.place == "二"


def test_a_ruling_that_contradicts_another_is_refused(city: Path) -> None:
    other = RULING.format(side="police", begins="2026-05-01").replace("R2026-1", "R2026-2").partition("[[ruling]]")[2]
    (city / "rulings.toml").write_text(RULING.format(side="joint", begins="2026-03-01") + "\n[[ruling]]" + other, "utf-8")
    assert [each.code for each in check_pack(city)] == ["ruling.contradiction"]
    ended = RULING.format(side="joint", begins="2026-03-01").replace("clause = ", "effective_to = 2026-04-30\nclause = ")
    (city / "rulings.toml").write_text(ended + "\n[[ruling]]" + other, "utf-8")
    assert check_pack(city) == []


# hostile ones ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("(a+)+", "cue.unbounded"),
        ("(a|aa){1,20}b{0,20}", "cue.unbounded"),
        ("(a{0,20}){0,20}b", "cue.unbounded"),
        ("a{0,60}a{0,60}a{0,60}b", "cue.unbounded"),
        ("((a{1,9}b)){2,9}", "cue.unbounded"),
        ("a.*b", "cue.unbounded"),
        ("a{3,}", "cue.unbounded"),
        ("a{1,9999}", "cue.unbounded"),
        (r"(工)资\1", "cue.unbounded"),
        ("a" * 300, "cue.regex"),
        ("[", "cue.regex"),
        ("a?", "cue.regex"),
        ("(?P<n>a){1,3}(?P=n)", "cue.unbounded"),
        ("(拖?欠|不发).{0,10}(工资|工钱)", None),
        (r"路灯.{0,6}(不亮|坏)[*+]?\+", None),
        ("(?:车|货车).{0,8}(挡|堵)(住|着)?", None),
    ],
)
def test_a_pattern_that_could_run_away_is_refused(pattern: str, code: str | None) -> None:
    problem = pattern_problem(pattern)
    assert (problem[0] if problem else None) == code


def test_no_shipped_pattern_is_slow_on_a_hundred_thousand_hostile_characters() -> None:
    patterns = [cue[3:] for name in list_packs() for line in load_pack(name).catalogue.items for cue in line.cues if cue.startswith("re:")]
    assert patterns
    for pattern in patterns:
        for text in ("车" * 100_000, "老人工资不发车挡要被" * 10_000):
            before = process_time()
            re.search(pattern, text)
            assert process_time() - before < 2.0, pattern


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(FILES), st.binary(max_size=300), st.floats(0, 1), st.booleans())
def test_no_bytes_in_any_file_bring_anything_but_problems(tmp_path: Path, name: str, noise: bytes, where: float, whole: bool) -> None:
    folder = tmp_path / "city"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(SHIPPED / "xiangcheng", folder, ignore=shutil.ignore_patterns("__pycache__"))
    old = (folder / name).read_bytes() if (folder / name).exists() else b""
    at = int(where * len(old))
    (folder / name).write_bytes(noise if whole else old[:at] + noise + old[at:])
    found = check_pack(folder)
    assert all(isinstance(each, Problem) and each.reason and each.reason_in_english for each in found)
    if found:
        with pytest.raises(PackError):
            load_pack(folder)


CELLS = st.lists(
    st.one_of(st.text(max_size=12), st.sampled_from(["320507", "xc-pb", "24h", "1", "police", ";", "-"])), min_size=5, max_size=12
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["units.csv", "users.csv", "divisions.csv"]), CELLS)
def test_no_row_of_a_table_brings_anything_but_problems(tmp_path: Path, name: str, cells: list[str]) -> None:
    folder = tmp_path / "city"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(SHIPPED / "xiangcheng", folder, ignore=shutil.ignore_patterns("__pycache__"))
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    with (folder / name).open("ab") as file:
        file.write(out.getvalue().encode("utf-8", "surrogatepass"))
    assert all(isinstance(each, Problem) and each.reason for each in check_pack(folder))
