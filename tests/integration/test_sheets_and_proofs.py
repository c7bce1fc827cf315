"""Pages without running nodes: what a record says about where it should go, and what proves it, each for who may and who may not."""

from __future__ import annotations

from typing import Any

import pytest

from liandong.application.place_appeal import place_appeal
from liandong.domain.journal.facts import Role, StreamKind
from tests.integration.conftest import Node

pytestmark = pytest.mark.database


def screen(node: Node, role: str) -> Any:
    """Return a client in which somebody of a role is signed in."""
    from django.test import Client

    client = Client(headers={"Host": "127.0.0.1"})
    client.force_login(node.models.User.objects.filter(role=role, demonstration=True).order_by("username").first())
    return client


def page(client: Any, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code, answer.content[:300])
    return str(answer.content.decode())


def test_a_corrected_order_proposes_another_unit_on_the_whole_record_to_who_may_and_to_who_may_not(node: Node) -> None:
    kept = place_appeal(node.world, node.person(), node.take("有人打架 纠纷", place="元和街道采莲路61号").id, "keep")
    order = str(kept.data["order"])
    stream = node.models.Stream.objects.get(id=order)
    if stream.phase == "taken":
        node.act(StreamKind.ALARM, order, "order", Role.DISPATCHER, unit="xc-pb-xj")
    elif stream.unit != "xc-pb-xj":
        node.act(StreamKind.ALARM, order, "redirect", Role.DISPATCHER, unit="xc-pb-xj", reason="就近")
    caller, leader = screen(node, "call_taker"), screen(node, "leader")
    assert "改派建议" not in page(caller, f"/records/{kept.id}/")
    node.act(StreamKind.APPEAL, kept.id, "correct", side="police", item="P3", reason="是交通事故")
    assert "改派建议" in page(caller, f"/records/{kept.id}/")
    assert "改派建议" in page(screen(node, "dispatcher"), f"/orders/{order}/")
    assert "须由指挥员或承办单位改派" in page(leader, f"/records/{kept.id}/")
    where = f"/records/{kept.id}/onward/"
    before = node.models.Stream.objects.get(id=order)
    assert leader.post(where, {"what": "reroute"}).status_code == 422
    assert node.models.Stream.objects.get(id=order).seq == before.seq, "who may not changes nothing"
    done = screen(node, "dispatcher").post(where, {"what": "reroute"})
    assert done.status_code == 200, done.content
    after = node.models.Stream.objects.get(id=order)
    assert after.unit != before.unit
    assert screen(node, "dispatcher").post(where, {"what": "reroute"}).status_code == 422, "once is enough"
    assert caller.post(f"/records/{node.take('x' * 5).id}/onward/", {"what": "transfer"}).status_code == 422


def test_the_proof_of_a_record_is_whole_then_names_what_was_changed(node: Node) -> None:
    from liandong.adapters.jobs.roots import make_roots_now
    from liandong.adapters.postgres.prove_stream import prove_stream

    appeal = str(node.take("路灯不亮", place="核对路1号").id)
    assert prove_stream("police", appeal).uncovered == 1
    make_roots_now(node.world)
    proof = prove_stream("police", appeal)
    assert proof.found is None and proof.uncovered == 0
    assert [root.whole for root in proof.roots] == [True] and proof.roots[0].witnesses == ()
    auditor = screen(node, "supervisor")
    assert "没有改动" in page(auditor, f"/proof/{appeal}/")
    number = node.models.Stream.objects.get(id=appeal).number
    assert auditor.get("/proof/", {"q": number}).headers["location"] == f"/proof/{appeal}/"
    assert "没有这个编号的记录" in page(auditor, "/proof/?q=诉209901010001")
    page(screen(node, "call_taker"), f"/proof/{appeal}/", 403)
    assert f'href="/proof/{appeal}/"' in page(auditor, f"/records/{appeal}/")
    assert "data-proof" not in page(screen(node, "call_taker"), f"/records/{appeal}/")

    node.raw("UPDATE stream SET place = '别处' WHERE id = %s", appeal)
    found = prove_stream("police", appeal).found
    assert found is not None and (found.seq, found.reason) == (1, "state_differs")
    shown = page(auditor, f"/proof/{appeal}/")
    assert "有人改过：第 1 条" in shown and 'data-found="state_differs"' in shown
    node.raw("UPDATE stream SET place = '核对路1号' WHERE id = %s", appeal)
    assert prove_stream("police", appeal).found is None


def test_practice_opens_the_cases_behind_a_mistake_and_errors_those_of_a_bin(node: Node) -> None:
    api, person = screen(node, "supervisor"), node.models.User.objects.filter(role="supervisor", demonstration=True).order_by("username").first()
    assert "没有这样的题" in page(api, f"/practice/cases/{person.pk}/?what=side&right=police&said=hotline")
    page(screen(node, "call_taker"), f"/practice/cases/{person.pk}/?what=side&right=police&said=hotline", 404)
    kept = place_appeal(node.world, node.person(), node.take("有人打架").id, "keep")
    assert "data-bin" in page(api, "/triage-errors/?days=7")
    opened = [page(api, f"/triage-errors/cases/?days=7&bin={each}") for each in range(10)]
    number = node.models.Stream.objects.get(id=kept.id).number
    assert sum(number in each for each in opened) == 1, "a case lies in one bin"
    page(api, "/triage-errors/cases/?days=7&bin=%00x")
