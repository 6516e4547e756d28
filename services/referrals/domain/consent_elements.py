"""The elements that 42 CFR 2.31(a) asks of a written consent, as one table. A consent that lacks one is none.

The order of (5) to (9) was taken from secondary sources.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from services.referrals.domain.consent import ConsentTerms
from services.referrals.domain.consent_words import ONLY_FOR_TPO, RecipientClass, SignedBy
from services.referrals.domain.errors import InvalidField, ReferralsError


@dataclass(frozen=True, kw_only=True, slots=True)
class Element:
    """One element: where the rule stands, which field it is looked for in, and when it is there."""

    code: str
    source: str
    pointer: str
    asks: str
    there: Callable[[ConsentTerms], bool]


class ConsentIncomplete(ReferralsError):  # noqa: N818 - a fact about the paper
    """Elements are missing; it covers nothing and is not kept."""

    def __init__(self, missing: tuple[Element, ...]) -> None:
        super().__init__(f"missing: {', '.join(element.code for element in missing)}", pointer=missing[0].pointer)
        self.missing = missing


def _intermediary(terms: ConsentTerms) -> bool:
    if terms.intermediary_organization_id is None:
        return not terms.participant_organization_ids
    return bool(terms.participant_organization_ids) or terms.recipient_class is RecipientClass.TREATING_PROVIDERS


def _signed(terms: ConsentTerms) -> bool:
    return terms.signature_method is not None and terms.signed_by is not None


def _representative(terms: ConsentTerms) -> bool:
    if terms.signed_by is not SignedBy.REPRESENTATIVE:
        return True
    return bool(terms.representative_name) and bool(terms.representative_relation)


ELEMENTS: tuple[Element, ...] = (
    Element(
        code="discloser_missing",
        source="2.31(a)(2)",
        pointer="/organization_id",
        asks="who may disclose: an organisation by name, or a class",
        there=lambda terms: terms.organization_id is not None or terms.discloser_class is not None,
    ),
    Element(
        code="information_missing",
        source="2.31(a)(3)",
        pointer="/information",
        asks="what may be told, by category",
        there=lambda terms: bool(terms.information),
    ),
    Element(
        code="description_missing",
        source="2.31(a)(3)",
        pointer="/information_text",
        asks="what may be told, in words that mean something to the person",
        there=lambda terms: bool(terms.information_text),
    ),
    Element(
        code="recipient_missing",
        source="2.31(a)(4)",
        pointer="/recipient_organization_ids",
        asks="who may be told, by name or class",
        there=lambda terms: bool(terms.receiving) or terms.recipient_class is not None,
    ),
    Element(
        code="intermediary_incomplete",
        source="2.31(a)(4)(ii)",
        pointer="/participant_organization_ids",
        asks="an intermediary by name, with its participants or a class limited to treating providers",
        there=_intermediary,
    ),
    Element(
        code="purpose_missing",
        source="2.31(a)(5)",
        pointer="/purposes",
        asks="what for",
        there=lambda terms: bool(terms.purposes),
    ),
    Element(
        code="right_to_revoke_missing",
        source="2.31(a)(6)",
        pointer="/right_to_revoke_acknowledged",
        asks="that it can be taken back, except where somebody has already relied on it",
        there=lambda terms: terms.right_to_revoke_acknowledged,
    ),
    Element(
        code="how_to_revoke_missing",
        source="2.31(a)(6)",
        pointer="/revocation_how",
        asks="how it can be taken back",
        there=lambda terms: bool(terms.revocation_how),
    ),
    Element(
        code="expiry_missing",
        source="2.31(a)(7)",
        pointer="/expires_at",
        asks="when it ends: a date, an event, or none where the law allows none",
        there=lambda terms: terms.expires_at is not None or terms.expiry_event is not None,
    ),
    Element(
        code="signature_missing",
        source="2.31(a)(8)",
        pointer="/signature_method",
        asks="a signature: how, and by whom",
        there=_signed,
    ),
    Element(
        code="representative_missing",
        source="2.31(a)(8)",
        pointer="/representative_relation",
        asks="who signed for the person, and what they are to them",
        there=_representative,
    ),
    Element(
        code="date_missing",
        source="2.31(a)(9)",
        pointer="/signed_at",
        asks="when it was signed",
        there=lambda terms: terms.signed_at is not None,
    ),
    Element(
        code="redisclosure_statement_missing",
        source="2.31(a)(10)",
        pointer="/redisclosure_stated",
        asks="for treatment, payment and operations: that it may be passed on",
        there=lambda terms: terms.redisclosure_stated or not terms.for_tpo,
    ),
    Element(
        code="refusal_statement_missing",
        source="2.31(a)(10)",
        pointer="/refusal_consequence_stated",
        asks="for treatment, payment and operations: what follows from not signing",
        there=lambda terms: terms.refusal_consequence_stated or not terms.for_tpo,
    ),
)
"""Element (1), the person, stands in the address of the request."""


def check_terms(terms: ConsentTerms, *, latest_signature: datetime) -> None:
    """Raise ConsentIncomplete with every element that is missing, InvalidField for what contradicts itself."""
    missing = tuple(element for element in ELEMENTS if not element.there(terms))
    if missing:
        raise ConsentIncomplete(missing)
    for code, pointer, broken in (
        ("two_endings", "/expiry_event", terms.expires_at is not None and terms.expiry_event is not None),
        ("only_for_tpo", "/expiry_event", terms.expiry_event in ONLY_FOR_TPO and not terms.for_tpo),
        ("tpo_stands_alone", "/purposes", terms.for_tpo and len(terms.purposes) > 1),
        ("ends_before_signed", "/expires_at", _before(terms.expires_at, terms.signed_at)),
        ("in_the_future", "/signed_at", _before(latest_signature, terms.signed_at)),
        ("not_a_representative", "/representative_name", _stray_representative(terms)),
        ("tells_itself", "/recipient_organization_ids", terms.organization_id in terms.receiving),
    ):
        if broken:
            raise InvalidField(code, pointer=pointer)


def _before(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and one < other


def _stray_representative(terms: ConsentTerms) -> bool:
    given = terms.representative_name is not None or terms.representative_relation is not None
    return given and terms.signed_by is not SignedBy.REPRESENTATIVE
