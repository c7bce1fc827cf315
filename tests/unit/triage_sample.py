"""A small list made for tests: two classes of each line, a joint one, a door and a ruling."""

from __future__ import annotations

from datetime import date

from liandong.domain.catalogue.items import Catalogue, Clause, Door, Item, Ruling, Side

__all__ = ["DOCUMENT", "RULING", "catalogue"]

DOCUMENT = "试验清单"


def _clause(code: str, text: str) -> Clause:
    return Clause(f"t-{code}", DOCUMENT, f"附件 {code}", text)


def _item(code: str, name: str, side: Side, cues: tuple[str, ...], **more: object) -> Item:
    return Item(code, name, side, _clause(code, name), cues=cues, **more)  # type: ignore[arg-type]


RULING = Ruling("R-1", "H6", Side.HOTLINE, ("共享充电宝",), "市场监管", "由市场监管部门牵头", date(2026, 1, 1), date(2026, 12, 31), _clause("R-1", "裁定"))


def catalogue(*rulings: Ruling) -> Catalogue:
    """Return the list, with ``rulings``."""
    return Catalogue(
        "试验市",
        "1",
        date(2026, 1, 1),
        (
            _item("H2", "市容管理", Side.HOTLINE, ("市容",), required=("place", "time")),
            _item("H2.02", "垃圾清运", Side.HOTLINE, ("垃圾", "垃圾桶"), parent="H2", required=("place",), counter_cues=("焚烧",)),
            _item("H2.07", "餐饮油烟", Side.HOTLINE, ("油烟", "烧烤"), parent="H2", required=("place", "company"), questions=(("company", "是哪一家店？"),)),
            _item("H6", "市场监督", Side.HOTLINE, ("退款", "假货", "假货不退款", "re:不.{0,2}退钱"), required=("company",)),
            _item("H6.05", "短信骚扰", Side.HOTLINE, ("垃圾短信",), parent="H6"),
            _item("H8", "其他求助", Side.HOTLINE, ("咨询", "社保")),
            _item("P1", "违法犯罪", Side.POLICE, ("诈骗", "被偷", "打架"), required=("place", "time")),
            _item("P1.01.03", "传销", Side.POLICE, ("传销",), parent="P1", joint=True),
            _item("P4", "治安灾害事故", Side.POLICE, ("火灾",)),
            _item("P5", "群众救助服务", Side.POLICE, ("走失",)),
            _item("P6", "抢险抗灾救援", Side.POLICE, ("燃气泄漏",), joint=True),
        ),
        (Door("litigation", "诉讼", ("法院判决", "上诉"), "请向人民法院上诉。", _clause("door", "诉讼"), "12368"),),
        rulings,
    )
