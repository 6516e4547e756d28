"""A planned discharge becomes a warm handoff: prepared, introduced, offered, accepted, reached, closed."""

from datetime import timedelta
from typing import Any

from handrail.demo.api import Visitor
from handrail.demo.sheets import sheet_of
from handrail.demo.stage import REFERRALS, Stage, now, tells_nothing
from handrail.demo.story import NotConfirmed
from shared.contracts.codes import Service

NAME = "warm handoff"
PROGRAMME = "unit_four"
SENDER = "rosa"


async def warm_handoff(stage: Stage) -> None:
    """The main job, step by step, each effect read back through the APIs and the mailbox."""
    sender = await stage.visitor(SENDER)
    person_id = await stage.new_person(sender)
    transition = await _plan(stage, sender, person_id=person_id)
    handoff = f"/handoffs/{transition['handoff_id']}"
    await _introduce(stage, sender, handoff=handoff)
    await _listen(stage, sender, handoff=handoff)
    asked_at = now()
    peer = await _discharge(stage, sender, transition_id=transition["id"], handoff=handoff)
    await _tell(stage, peer, handoff_id=transition["handoff_id"], asked_at=asked_at)
    await _accept(stage, peer, handoff=handoff, transition_id=transition["id"], sender=sender)
    await _contact(stage, peer, handoff=handoff, transition_id=transition["id"], sender=sender)
    await _close(stage, peer, handoff=handoff)


async def _plan(stage: Stage, sender: Visitor, *, person_id: str) -> dict[str, Any]:
    async with stage.story.step(NAME, "Rosa, a nurse, plans a discharge for tomorrow") as step:
        body = {
            "person_id": person_id,
            "programme_id": stage.registry.programmes[PROGRAMME],
            "status": "planned",
            "expected_at": (now() + timedelta(hours=20)).isoformat(),
        }
        planned: dict[str, Any] = (await sender.ask(REFERRALS, "POST", "/transitions", body=body)).body
        read = (await sender.get(REFERRALS, f"/transitions/{planned['id']}")).body
        step.confirm(
            "the transition is planned, and Rosa is accountable",
            read["status"] == "planned" and read["owner_worker_id"] == stage.registry.workers[SENDER],
        )
        handoff = (await sender.get(REFERRALS, f"/handoffs/{planned['handoff_id']}")).body
        suggested = handoff["suggested_worker_id"]
        step.confirm(
            f"a handoff is in preparation; {stage.name_of(suggested)} is suggested",
            handoff["state"] == "preparing" and suggested is not None,
        )
        return planned


async def _introduce(stage: Stage, sender: Visitor, *, handoff: str) -> None:
    async with stage.story.step(NAME, "the peer comes to the bedside and they meet") as step:
        await stage.act(sender, handoff, "introduction", {"how": "bedside"})
        read = (await sender.get(REFERRALS, handoff)).body
        met = [one for one in read["milestones"] if one["code"] == "introduction" and one["met_at"]]
        step.confirm(
            "the introduction is on the timeline before the discharge",
            len(met) == 1 and read["introduced_at"] is not None,
        )


async def _listen(stage: Stage, sender: Visitor, *, handoff: str) -> None:
    async with stage.story.step(
        NAME, "Rosa asks what matters to the person, and writes it down in their words"
    ) as step:
        empty = (await sender.get(REFERRALS, f"{handoff}/sheet")).body
        said = sheet_of(
            0, left_at=now(), introduced_by=stage.network.worker(SENDER).name, with_whom="Ines Sample, nurse"
        )
        await sender.ask(REFERRALS, "PATCH", f"{handoff}/sheet", body=said, if_match='"1"')
        sheet = (await sender.get(REFERRALS, f"{handoff}/sheet")).body
        words = sheet["parts"]["wishes"]
        step.confirm(
            f"the sheet has a second version: {len(empty['missing'])} things were missing, none is now",
            (empty["version"], sheet["version"], sheet["missing"]) == (1, 2, []) and len(empty["missing"]) > 0,
        )
        step.confirm(
            f"it says what they want: “{words['content']['words']}”",
            words["reported_by"] == "person" and words["content"] == said["wishes"]["content"],
        )


async def _discharge(stage: Stage, sender: Visitor, *, transition_id: str, handoff: str) -> Visitor:
    async with stage.story.step(NAME, "the person goes home") as step:
        await stage.act(sender, f"/transitions/{transition_id}", "discharge")
        read = (await sender.get(REFERRALS, f"/transitions/{transition_id}")).body
        step.confirm(
            "the transition is discharged, and Rosa still holds the person",
            read["status"] == "discharged" and read["owner_worker_id"] == stage.registry.workers[SENDER],
        )
        offered = (await sender.get(REFERRALS, handoff)).body
        offer = offered["offers"][-1]
        step.confirm(
            f"{stage.name_of(offer['worker_id'])} is asked", offered["state"] == "offered" and offer["status"] == "open"
        )
        return await stage.visitor_by_id(offer["worker_id"])


async def _tell(stage: Stage, peer: Visitor, *, handoff_id: str, asked_at: Any) -> None:
    async with stage.story.step(NAME, "the peer is told") as step:
        item = await step.until("exactly one open item in the peer's inbox", lambda: stage.inbox_item(peer, handoff_id))
        step.confirm("it says until when an answer is hoped for", item["respond_by"] is not None)
        mail = await step.until("an e-mail was really received over SMTP", stage.mail_probe(asked_at, to=peer.email))
        step.confirm(
            f"it gives nothing away: “{mail.text.strip().splitlines()[0]}”",
            tells_nothing(mail, names=[one.name for one in stage.network.workers]),
        )


async def _accept(stage: Stage, peer: Visitor, *, handoff: str, transition_id: str, sender: Visitor) -> None:
    async with stage.story.step(NAME, "the peer accepts") as step:
        await peer.ask(REFERRALS, "GET", f"{handoff}/sheet", expect={404})
        await stage.act(peer, handoff, "accept")
        told = (await peer.get(REFERRALS, f"{handoff}/sheet")).body
        step.confirm(
            "only now does the peer read the sheet: strengths, own words, where to meet",
            all(told["parts"][part]["content"] for part in ("strengths", "wishes", "first_meeting")),
        )
        read = (await sender.get(REFERRALS, handoff)).body
        step.confirm(
            "accepted; they have met already, so the handoff counts as introduced",
            read["state"] == "introduced" and read["accepted_by"] is not None,
        )
        held = (await sender.get(REFERRALS, f"/transitions/{transition_id}")).body
        step.confirm(
            "Rosa stays accountable until the first contact", held["owner_worker_id"] == stage.registry.workers[SENDER]
        )

        async def answered() -> bool:
            return await stage.inbox_item(peer, read["id"]) is None

        await step.until("the open item has gone from the inbox", answered)


async def _contact(stage: Stage, peer: Visitor, *, handoff: str, transition_id: str, sender: Visitor) -> None:
    async with stage.story.step(NAME, "the peer calls, and the person answers") as step:
        await stage.act(peer, handoff, "first-contact", {"how": "phone", "outcome": "reached"})
        read = (await sender.get(REFERRALS, handoff)).body
        step.confirm("first contact is made", read["state"] == "contacted")
        held = (await sender.get(REFERRALS, f"/transitions/{transition_id}")).body
        step.confirm(
            "custody moved to the peer, once",
            held["owner_worker_id"] == read["accepted_by"] and len(held["custody"]) == 2,
        )


async def _close(stage: Stage, peer: Visitor, *, handoff: str) -> None:
    async with stage.story.step(NAME, "the loop is closed") as step:
        await stage.act(peer, handoff, "close", {"outcome": "got_help", "reported_by": "person"})
        read = (await peer.get(REFERRALS, handoff)).body
        step.confirm(
            "closed, in the person's own word: got help", read["state"] == "closed" and read["outcome"] == "got_help"
        )


async def nobody_answers(stage: Stage) -> None:
    """A discharge that no peer answers: the next one is asked, and at last the supervisor."""
    name = "nobody answers"
    sender = await stage.visitor(SENDER)
    async with stage.story.step(name, "a second person goes home, and the peer who is asked stays silent") as step:
        person_id = await stage.new_person(sender)
        body = {"person_id": person_id, "programme_id": stage.registry.programmes[PROGRAMME], "status": "discharged"}
        begun = (await sender.ask(REFERRALS, "POST", "/transitions", body=body)).body
        handoff = f"/handoffs/{begun['handoff_id']}"
        first = (await sender.get(REFERRALS, handoff)).body["offers"][0]["worker_id"]
        step.confirm(f"{stage.name_of(first)} is asked first", first is not None)
    async with stage.story.step(name, "silence is noticed, and the next peer is asked") as step:

        async def next_peer() -> Any:
            offers = (await sender.get(REFERRALS, handoff)).body["offers"]
            return [one for one in offers[1:] if one["kind"] == "peer_offer"]

        second = (await step.until("a second offer exists", next_peer))[0]["worker_id"]
        step.confirm(f"{stage.name_of(second)} is somebody else", second != first)
    async with stage.story.step(name, "nobody answers, and the supervisor is told") as step:

        async def escalated() -> Any:
            offers = (await sender.get(REFERRALS, handoff)).body["offers"]
            return [one for one in offers if one["kind"] == "supervisor_escalation"]

        supervisor_id = (await step.until("the handoff has been escalated", escalated))[0]["worker_id"]
        supervisor = await stage.visitor_by_id(supervisor_id)
        await step.until(
            f"{stage.name_of(supervisor_id)} has it in the inbox",
            lambda: stage.inbox_item(supervisor, begun["handoff_id"]),
        )
        held = (await sender.get(REFERRALS, f"/transitions/{begun['id']}")).body
        step.confirm(
            "the sender holds the person all the while", held["owner_worker_id"] == stage.registry.workers[SENDER]
        )
        attempts = await supervisor.every(Service.NOTIFICATIONS, "/deliveries")
        about = [one for one in attempts if one["subject_id"] == begun["handoff_id"]]
        if not about:
            raise NotConfirmed("deliveries can be looked up")
        step.confirm(
            f"{len(about)} deliveries can be looked up, each with its reason", all(one["explanation"] for one in about)
        )
