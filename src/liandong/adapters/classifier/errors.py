"""What can go wrong when a model is trained, loaded or used, each with a code and what to do next."""

from __future__ import annotations

from liandong.domain.errors import MESSAGES, LiandongError, Message

__all__ = ["ModelError"]

MESSAGES.update(
    {
        "model.file_missing": Message("找不到文件 {file}。请核对路径。", "There is no file {file}. Check the path."),
        "model.file_empty": Message("{file} 里没有可用的数据行。请核对文件内容。", "{file} holds no rows that can be used. Look into the file."),
        "model.file_broken": Message(
            "{file} 第 {line} 行读不出来：{reason}。请修好或重新导出后再试。",
            "{file} line {line} cannot be read: {reason}. Mend it or export it again.",
        ),
        "model.file_type": Message(
            "不认识 {file} 的格式。请用 .csv、.tsv 或 .jsonl（可加 .gz）。",
            "The kind of {file} is not known. Use .csv, .tsv or .jsonl, each also .gz.",
        ),
        "model.column_missing": Message("{file} 没有“{column}”这一列。现有：{columns}。", "{file} has no column “{column}”. It has: {columns}."),
        "model.one_class": Message(
            "{file} 的“{column}”列只有一个标签（{label}），无法训练。请给出至少两种标签。",
            "Column “{column}” of {file} holds one label only ({label}); there is nothing to tell apart. Give at least two.",
        ),
        "model.too_few": Message(
            "只有 {rows} 行可用，至少要 {least} 行才能训练。请补充数据。",
            "Only {rows} rows can be used; training needs at least {least}. Add rows.",
        ),
        "model.not_found": Message(
            "{dir} 里没有模型（缺 {file}）。请先用 liandong train 训练。",
            "There is no model in {dir} ({file} is missing). Train one with liandong train.",
        ),
        "model.version_unknown": Message(
            "{dir} 里的模型是第 {version} 版格式，本程序只认 {known}。请升级程序或重新训练。",
            "The model in {dir} is of format {version}, this program knows {known}. Upgrade, or train again.",
        ),
        "model.broken": Message("{dir} 里的模型文件损坏：{reason}。请重新训练。", "The model in {dir} is damaged: {reason}. Train it again."),
        "model.out_not_empty": Message(
            "{dir} 里已有别的文件，没有写入。请另给一个目录。",
            "{dir} holds other files; nothing was written. Name another directory.",
        ),
        "model.corpus_missing": Message(
            "{dir} 里没有项目语料。请用 --corpus 指出源码里的 corpus 目录。",
            "There is no corpus in {dir}. Name the corpus folder of the sources with --corpus.",
        ),
        "model.worse": Message(
            "新模型比在用的差，没有写入：{reasons}。请补充更正件后再训练。",
            "The new model is worse than the one in use and was not written: {reasons}. Add decisions and train again.",
        ),
        "model.folds": Message("交叉验证至少 2 份、不多于行数 {rows}，给的是 {folds}。", "Folds must be between 2 and the number of rows {rows}; {folds} was given."),
    }
)


class ModelError(LiandongError):
    """A model cannot be trained, loaded or used; says why and what to do."""

    code = "model.broken"
