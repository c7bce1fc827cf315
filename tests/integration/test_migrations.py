"""The tables are what the models say, by one line of small migrations that know no code of the application."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import liandong
from tests.integration.conftest import Node

pytestmark = pytest.mark.database

MIGRATIONS = sorted((Path(liandong.__file__).parent / "adapters" / "postgres" / "migrations").glob("0*.py"))


def test_no_model_has_changed_without_a_migration(node: Node) -> None:
    from django.core.management import call_command

    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


def test_there_is_one_last_migration(node: Node) -> None:
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None, ignore_no_migrations=True)
    assert len(loader.graph.leaf_nodes("liandong")) == 1
    assert loader.detect_conflicts() == {}


def test_every_migration_was_applied(node: Node) -> None:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []


@pytest.mark.parametrize("file", MIGRATIONS, ids=[each.stem for each in MIGRATIONS])
def test_a_migration_is_numbered_in_turn_and_imports_no_application_code(file: Path) -> None:
    assert int(file.name[:4]) == MIGRATIONS.index(file) + 1
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names = [each.name for each in node.names] if isinstance(node, ast.Import) else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert not [each for each in names if each.startswith("liandong")], file.name
