"""A real SMTP server of a few lines that goes wrong at a chosen point of the conversation."""

import asyncio
from dataclasses import dataclass, field

OK = {
    "EHLO": "250-faults.example\r\n250 HELP",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go ahead",
    ".": "250 ok",
}


@dataclass
class FaultySmtp:
    """`answers[command]` replaces the good answer; `None` means silence, `""` hangs up. `.` is the end of the message."""

    answers: dict[str, str | None] = field(default_factory=dict)
    banner: str | None = "220 faults.example ready"
    heard: list[str] = field(default_factory=list)
    port: int = 0

    async def start(self) -> None:
        self._over = asyncio.Event()
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self._over.set()
        self._server.close()
        await self._server.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._say(self.banner, writer)
            in_message = False
            while line := (await reader.readline()).decode().rstrip("\r\n"):
                if in_message and line != ".":
                    continue
                command = line.split(" ")[0].upper()
                in_message = command == "DATA" and self.answers.get("DATA", OK["DATA"]) == OK["DATA"]
                self.heard.append(command)
                await self._say(self.answers.get(command, OK.get(command, "502 no")), writer)
                if in_message:
                    while (await reader.readline()).decode().rstrip("\r\n") != ".":
                        pass
                    in_message = False
                    self.heard.append(".")
                    await self._say(self.answers.get(".", OK["."]), writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    async def _say(self, text: str | None, writer: asyncio.StreamWriter) -> None:
        if text is None:
            await self._over.wait()
            raise ConnectionResetError
        if text == "":
            raise ConnectionResetError
        writer.write(text.encode() + b"\r\n")
        await writer.drain()
