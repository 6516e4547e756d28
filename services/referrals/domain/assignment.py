"""The question to the scope guard, made of our own records: nobody supplies the role that is judged."""

from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from services.referrals.domain.credential import Credential, standing, supervision_state
from services.referrals.domain.directory import Programme, Worker
from services.referrals.domain.errors import InvalidField, NotFound, WorkerRequired
from shared.contracts.codes import PracticeRole, Responsibility
from shared.contracts.scope import DecideRequest, FactsSnapshot, input_digest

_NAMESPACE = uuid5(NAMESPACE_URL, "urn:handrail:scope-question")
_UNNAMED = UUID(int=0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Parties:
    """Who and where a task is about, as one reading of our tables found them. `None` means: not in this tenant.

    `assignee_available`: neither away nor known to the person from elsewhere; the two are never told apart.
    `person_id` is the record that the person goes by now: another one than was named, where records were joined.
    `person_died`: a source says so. `person_known` is false also for somebody whom the assigner may not know of; `person_at_home`: in the assigner's organisation.
    """

    programme: Programme | None
    assignee: Worker | None
    assigner: Worker | None
    credentials: tuple[Credential, ...] = ()
    team_roles: tuple[PracticeRole, ...] = ()
    assignee_available: bool = True
    person_id: UUID | None = None
    person_known: bool = True
    person_at_home: bool = True
    person_died: bool = False
    team_known: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What the assigner asks for, in their own words and codes."""

    programme_id: UUID
    assignee_worker_id: UUID
    title: str
    details: str = ""
    person_id: UUID | None = None
    team_id: UUID | None = None
    activity: str | None = None
    responsibility: Responsibility = Responsibility.ASSIST
    attested_conditions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The words the guard reads."""
        return f"{self.title}\n{self.details}" if self.details else self.title


def check_available(parties: Parties) -> None:
    """Raise InvalidField where nothing can be asked of the assignee now. What is asked of them already is not looked at."""
    if not parties.assignee_available:
        raise InvalidField("not_available", pointer="/assignee_worker_id")


def check_living(parties: Parties) -> None:
    """Raise InvalidField where nothing can be asked for the person any more; only for whoever may know of the person."""
    if parties.person_died:
        raise InvalidField("person_died", pointer="/person_id")


def pose(wish: Wish, *, parties: Parties, tenant_id: UUID, repeats: str, now: datetime) -> DecideRequest:
    """The question for this wish, judged by the facts of the day at the programme.

    `repeats` names the request (caller and idempotency key, or the task): together with everything that is judged it
    makes the request id, so that asking the same again can never leave a second boundary event behind.
    Raises WorkerRequired for an assigner without an active worker, NotFound for what is not in the tenant, InvalidField for a programme or worker that is no longer active.
    """
    programme, assignee, assigner = _present(wish, parties)
    today = programme.day_of(now)
    credential = standing(parties.credentials, on=today, jurisdiction=programme.jurisdiction)
    facts = FactsSnapshot(
        practice_role=assignee.practice_role,
        credential_state=credential.state,
        credential_endorsement=credential.endorsement,
        supervision_state=supervision_state(
            last_supervised_on=assignee.last_supervised_on, cadence_days=assignee.supervision_cadence_days, on=today
        ),
        setting=programme.setting,
        integration_model=programme.integration_model,
        jurisdiction=programme.jurisdiction,
        team_roles=tuple(sorted(set(parties.team_roles))),
        conditions_met=tuple(sorted({*programme.policy_flags, *wish.attested_conditions})),
    )
    question = DecideRequest(
        request_id=_UNNAMED,
        tenant_id=tenant_id,
        activity=wish.activity,
        responsibility=wish.responsibility,
        text=wish.text,
        facts=facts,
        assigner_worker_id=assigner.id,
        assigner_role=assigner.practice_role,
        team_id=wish.team_id,
        programme_id=programme.id,
    )
    named = uuid5(_NAMESPACE, f"{tenant_id}|{repeats}|{input_digest(question)}")
    return question.model_copy(update={"request_id": named})


def _present(wish: Wish, parties: Parties) -> tuple[Programme, Worker, Worker]:
    if parties.assigner is None or not parties.assigner.active:
        raise WorkerRequired
    if parties.programme is None:
        raise NotFound("programme", pointer="/programme_id")
    if parties.assignee is None:
        raise NotFound("worker", pointer="/assignee_worker_id")
    if wish.person_id is not None and not parties.person_known:
        raise NotFound("person", pointer="/person_id")
    if wish.team_id is not None and not parties.team_known:
        raise NotFound("team", pointer="/team_id")
    if not parties.programme.active:
        raise InvalidField("programme_inactive", pointer="/programme_id")
    if not parties.assignee.active:
        raise InvalidField("worker_left", pointer="/assignee_worker_id")
    return parties.programme, parties.assignee, parties.assigner
