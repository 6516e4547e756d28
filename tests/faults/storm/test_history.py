"""The history is on disk before the client goes on, and reads back as it was written."""

from pathlib import Path

from tests.faults.storm.history import Deed, History, Kind, Outcome, read_history


def test_every_line_is_there_at_once_and_the_last_of_a_key_counts(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    with History(path) as history:
        first = history.note(Deed(key="a", kind=Kind.DISCHARGE, subject="visit"))
        history.note(Deed(key="b", kind=Kind.ACCEPT, subject="visit", about="h", seen=2))
        assert [deed.outcome for deed in read_history(path)] == [Outcome.ASKED, Outcome.ASKED]
        history.note(first, outcome=Outcome.ACKNOWLEDGED, status=201, made=1, answer={"id": "t"}, tries=2)
        assert read_history(path) == history.deeds
    assert len(path.read_text(encoding="utf-8").splitlines()) == 3
    assert [deed.outcome for deed in read_history(path)] == [Outcome.ACKNOWLEDGED, Outcome.ASKED]
