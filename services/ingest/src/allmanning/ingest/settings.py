"""What an operator may tell the ingest service."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from allmanning.runtime.settings import Settings


class IngestSettings(Settings):
    """Read from `ALLMANNING_<NAME>`."""

    ingest_database_url: str = Field(default="", repr=False)
    """SQLAlchemy address of the document registry, such as postgresql+asyncpg://user:password@host/ingest; empty:
    SQLite in the data folder."""

    ingest_pipeline: Path | None = None
    """YAML file of the pipeline that reads, splits, embeds and writes; empty: the one of this release."""

    max_file_mb: int = 1024
    """Largest file that is accepted. What must be read as a whole, as text, has lower limits (`read/reader.py`)."""

    ingest_documents_at_once: int = 8
    """Documents a process works on at the same time. Most of them wait: for the embedder, or for the disk."""

    parse_workers: int = 1
    """Files that are read at the same time, each in a process of its own."""

    parse_timeout_s: float = 300.0
    """Longest time one file may take to read, or one page of a PDF or a scan; a PDF of 1,000 pages takes about 20 s, a
    scanned page 3 s."""

    parse_cpu_s: int = 240
    """Most processor time one file may take, all threads together."""

    parse_memory_mb: int = 2048
    """Most address space the process that reads a file may have."""

    parse_idle_s: float = 60.0
    """The process that has the readers loaded is stopped after this time without work."""

    require_sandbox: bool = False
    """Do not start on a kernel without Landlock (Linux 5.13) and seccomp. Without them code that a hostile file
    smuggles into its reader is stopped by an audit hook only, which it can walk around. Set it wherever strangers hand
    in files."""

    reconcile_every_s: float = 600.0
    """How often the registry is compared with the index and with the event stream."""

    source_folders: str = ""
    """Folders that sources may watch, with all below them, separated by colons; empty: `folders` in the data folder."""

    source_private_hosts: str = ""
    """Hosts that sources may fetch from although their addresses are private, such as the intranet's; separated by
    commas. Without this, only public addresses are asked."""

    source_passwords: str = Field(default="", repr=False)
    """Passwords of sources: a JSON object from "<authority>/<source>" to the password, or the path of its file."""

    source_look_every_s: float = 5.0
    """How often the service looks whether a source is due."""

    clamav_url: str = ""
    """ClamAV daemon that is asked about every file before it is read, tcp://host:3310 or unix:/path; empty: no scan.
    Its own limits (StreamMaxLength, MaxScanSize) must be as large as `max_file_mb`."""

    orphans_every_s: float = 3600.0
    """How often the service looks for stored files that no document refers to. One that it finds twice is removed."""

    qdrant_url: str = ""
    """Address of a Qdrant server; empty: the index process answers on NATS."""

    qdrant_api_key: str = Field(default="", repr=False)
    """API key of that server."""

    tei_url: str = ""
    """Address of a text-embeddings-inference server; empty: the index process embeds."""

    @property
    def database_url(self) -> str:
        """Where the registry is."""
        return self.ingest_database_url or f"sqlite+aiosqlite:///{self.data_dir.resolve() / 'ingest.sqlite3'}"

    @property
    def folders(self) -> tuple[Path, ...]:
        """Folders that sources may watch."""
        named = tuple(Path(each) for each in self.source_folders.split(":") if each)
        return named or (self.data_dir.resolve() / "folders",)

    @property
    def private_hosts(self) -> frozenset[str]:
        """Hosts that sources may ask whatever their addresses."""
        return frozenset(each.strip().lower() for each in self.source_private_hosts.split(",") if each.strip())

    @property
    def reading_folder(self) -> Path:
        """Where files lie while they are read."""
        return self.data_dir.resolve() / "reading"
