"""The operator's import: what it says, and that a wrong file is named and leaves nothing."""

import asyncio
import json
from pathlib import Path
from uuid import uuid4

from typer.testing import CliRunner

from services.referrals.cli.operating import commands
from tests.services.referrals.api.test_help_directory import a_service


async def test_import_tells_what_it_took_and_what_not(shell: None, tmp_path: Path) -> None:
    file, tenant = tmp_path / "help.json", str(uuid4())
    file.write_text(json.dumps(a_service(1, mood="good")), encoding="utf-8")
    asked = ["directory", "import", str(file), "--tenant", tenant]

    done = await asyncio.to_thread(CliRunner().invoke, commands, asked)
    assert done.exit_code == 0, done.output
    assert "service.mood" in done.output

    file.write_text(json.dumps(a_service(2, status="open")), encoding="utf-8")
    refused = await asyncio.to_thread(CliRunner().invoke, commands, asked)
    assert refused.exit_code == 1
    assert "/status: is none of" in refused.output
