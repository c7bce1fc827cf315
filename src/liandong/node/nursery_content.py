"""What every process of every node reads alike: code, the shipped model, the dictionary, the rules of danger. Imported once, in the nursery.

Nothing here knows a node: no settings are read, Django is not set up, no thread and no connection is begun.
"""

from __future__ import annotations

import gc
from importlib import import_module

from liandong.adapters.classifier.shipped import default_scorer
from liandong.domain.triage.danger import all_rules

#: What takes time to import, beside the model's own; each may be imported before Django is set up.
CODE = (
    "django.contrib.postgres.search",
    "django.core.asgi",
    "django.core.management",
    "django.core.wsgi",
    "django.db.backends.postgresql.base",
    "django.template.response",
    "liandong.adapters.postgres.outbox_store",
    "liandong.adapters.postgres.unit_of_work",
    "liandong.adapters.transports.fetcher",
    "liandong.adapters.transports.relay",
    "liandong.node.bootstrap",
    "liandong.node.cables",
    "liandong.node.keys",
    "liandong.node.prepare",
    "liandong.node.serve",
    "liandong.node.threaded",
    "liandong.node.worker",
    "procrastinate.contrib.django",
    "pydantic",
    "uvicorn.protocols.http.httptools_impl",
)

for _name in CODE:
    import_module(_name)
all_rules()
default_scorer().score("有人在路口打架", {})
gc.collect()
# What is read stays: children do not look through it, so its pages stay common to all.
gc.freeze()
