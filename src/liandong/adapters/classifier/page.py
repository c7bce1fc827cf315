"""The figures of an evaluation as a page that people can read: one HTML file, nothing loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

__all__ = ["as_html", "as_text"]

_STYLE = (
    "body{font:15px/1.6 system-ui,'Noto Sans CJK SC','Microsoft YaHei',sans-serif;margin:2rem auto;max-width:64rem;padding:0 1rem;color:#1f2937}"
    "h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}table{border-collapse:collapse;width:100%}"
    "th,td{border-bottom:1px solid #e5e7eb;padding:.25rem .6rem;text-align:left;vertical-align:top}"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}"
    ".bar{background:#dbe4ff;display:block;height:.5rem;border-radius:2px;min-width:1px}.bar.right{background:#2b8a3e}"
    ".cards{display:flex;flex-wrap:wrap;gap:1rem}.cards div{border:1px solid #e5e7eb;border-radius:.5rem;padding:.6rem 1rem}"
    ".cards b{display:block;font-size:1.4rem}small{color:#6b7280}"
)
#: Confused pairs shown; the JSON has all.
_MOST_PAIRS = 40


def as_text(title: str, figures: Mapping[str, Any]) -> str:
    """Return the figures for a terminal."""
    lines = [
        title,
        f"  {figures['rows']} 行  准确率 {figures['accuracy']:.4f}  前三 {figures['top3']:.4f}  宏平均F1 {figures['macro_f1']:.4f}"
        f"  校准误差 {_number(figures['calibration_error'])}",
        "",
        f"  {'标签 label':<24}{'行 rows':>8}{'精确率':>9}{'召回率':>9}{'F1':>8}",
    ]
    lines += [
        f"  {line['label'][:24]:<24}{line['rows']:>8}{line['precision']:>12.3f}{line['recall']:>12.3f}{line['f1']:>8.3f}" for line in figures["classes"]
    ]
    wrong = [pair for pair in figures["confusion"] if pair["label"] != pair["answered"]][:10]
    if wrong:
        lines += ["", "  最常弄混 most confused（真实 → 判断）"]
        lines += [f"  {pair['label']} → {pair['answered']}  {pair['rows']}" for pair in wrong]
    if figures["unknown_labels"]:
        lines += ["", "  模型没见过的标签 labels the model never saw: " + "、".join(figures["unknown_labels"])]
    return "\n".join(lines)


def as_html(title: str, figures: Mapping[str, Any]) -> str:
    """Return the figures as one HTML page.

    Parameters:
        title: what was measured on what; any text.
        figures: what ``evaluation.report`` returns.
    """
    cards = "".join(
        f"<div><small>{escape(name)}</small><b>{value}</b></div>"
        for name, value in (
            ("行数 rows", figures["rows"]),
            ("准确率 accuracy", f"{figures['accuracy']:.4f}"),
            ("前三 top 3", f"{figures['top3']:.4f}"),
            ("宏平均 F1", f"{figures['macro_f1']:.4f}"),
            ("校准误差 ECE", _number(figures["calibration_error"])),
        )
    )
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style></head>'
        f"<body><h1>{escape(title)}</h1><div class=cards>{cards}</div>{_unknown(figures)}{_classes(figures)}{_reliability(figures)}{_confusion(figures)}</body></html>\n"
    )


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:.4f}"


def _unknown(figures: Mapping[str, Any]) -> str:
    if not figures["unknown_labels"]:
        return ""
    return f"<p>模型没见过、因此必然判错的标签：{escape('、'.join(figures['unknown_labels']))}</p>"


def _classes(figures: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<tr><td>{escape(line['label'])}</td><td class=n>{line['rows']}</td><td class=n>{line['precision']:.3f}</td>"
        f'<td class=n>{line["recall"]:.3f}</td><td class=n>{line["f1"]:.3f}</td><td><span class=bar style="width:{100 * line["f1"]:.0f}%"></span></td></tr>'
        for line in figures["classes"]
    )
    head = "<tr><th>标签</th><th class=n>行数</th><th class=n>精确率</th><th class=n>召回率</th><th class=n>F1</th><th></th></tr>"
    return f"<h2>每个标签 per class</h2><table>{head}{rows}</table>"


def _reliability(figures: Mapping[str, Any]) -> str:
    if not figures["reliability"]:
        return ""
    rows = "".join(
        f"<tr><td>{line['from']:.2f}–{line['to']:.2f}</td><td class=n>{100 * line['share']:.1f}%</td><td class=n>{line['stated']:.3f}</td>"
        f'<td class=n>{line["right"]:.3f}</td><td><span class=bar style="width:{100 * line["stated"]:.0f}%"></span>'
        f'<span class="bar right" style="width:{100 * line["right"]:.0f}%"></span></td></tr>'
        for line in figures["reliability"]
    )
    head = "<tr><th>把握</th><th class=n>占比</th><th class=n>说的把握</th><th class=n>实际正确</th><th>蓝：说的，绿：实际</th></tr>"
    return f"<h2>校准 reliability</h2><p>说八成把握，就该十次对八次。</p><table>{head}{rows}</table>"


def _confusion(figures: Mapping[str, Any]) -> str:
    wrong = [pair for pair in figures["confusion"] if pair["label"] != pair["answered"]]
    rows = "".join(
        f"<tr><td>{escape(pair['label'])}</td><td>{escape(pair['answered'])}</td><td class=n>{pair['rows']}</td></tr>" for pair in wrong[:_MOST_PAIRS]
    )
    more = f"<p><small>另有 {len(wrong) - _MOST_PAIRS} 组，见 JSON。</small></p>" if len(wrong) > _MOST_PAIRS else ""
    return f"<h2>弄混 confusion</h2><table><tr><th>真实</th><th>判断</th><th class=n>行数</th></tr>{rows}</table>{more}"
