"""What an operator may set for the gateway."""

from __future__ import annotations

from pathlib import Path

from allmanning.runtime.settings import Settings


class GatewaySettings(Settings):
    """Read from `ALLMANNING_<NAME>`, like every service's."""

    gateway_host: str = "127.0.0.1"
    """Address to listen on. Put a TLS-terminating proxy in front before it is anything but this machine."""

    gateway_port: int = 8080
    """Port to listen on."""

    public_url: str = ""
    """Address under which people reach the pages, for links in answers; empty: the one that the call came to."""

    trusted_proxies: str = "127.0.0.1"
    """Addresses or networks of the proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed, separated by
    commas. Nobody else says from where or how a call came; `*` believes everybody, where only the proxy reaches us."""

    hsts_days: int = 365
    """For how long browsers are told to reach us over https alone (Strict-Transport-Security, RFC 6797). Told only
    where they do: `public_url` says https, or a trusted proxy does. 0: never, as where the proxy itself tells it."""

    default_authority: str = ""
    """Authority whose documents a visitor asks without choosing one; empty: the first that was registered."""

    expected_services: str = "audit,generate,index,ingest,retrieve"
    """Services without which /health says 503, separated by commas."""

    max_json_bytes: int = 1_000_000
    """Largest request body other than an upload."""

    max_question_chars: int = 4000
    """Longest question that a page lets through; generate reads the same setting, and decides."""

    max_document_bytes: int = 1024 * 1024 * 1024
    """Largest document that may be uploaded; ingest takes none that are larger than `max_file_mb`."""

    sign_in_providers: Path | None = None
    """YAML file of the authorities' own sign-ins (OpenID Connect) and what their claims allow; empty: there are none.
    `signin/oidc/settings.py` shows one."""

    second_factor: str = ""
    """Who must sign in with two factors, separated by commas: `admin,auditor`, `exempelby/caseworker`, `exempelby/*`.
    Empty: whoever wants to. A local account without codes or passkey must then set one up before anything else, an
    authority's own sign-in must tell of two (`second_factor` in its file), and no key opens the pages for them."""

    session_hours: float = 9.0
    """How long a sign-in to the pages lasts at most: a working day."""

    session_idle_minutes: float = 60.0
    """How long a sign-in lasts without use. NIST SP 800-63B-4 2.2.3: at most an hour where much is at stake."""

    answer_silence_s: float = 15.0
    """Longest silence from the generate service before an answer is given up; one that works is heard every 3 s."""

    tiles_dir: Path | None = None
    """Folder with the logs' public files, as the audit service writes them; empty: `audit/tiles` in the data folder."""

    rate_per_minute: int = 6_000
    """Calls to the API that each key may make; 0: any number. A guard against programs that run wild, not a quota."""

    anonymous_rate_per_minute: int = 600
    """Calls to the API without a key from each network address; 0: any number. Pages are not counted."""

    rate_processes: int = 1
    """How many gateway processes serve side by side: each allows its part of these."""

    webhook_private_hosts: str = ""
    """Hosts inside the network that webhooks may tell, and over http too, separated by commas."""

    gateway_key_file: Path | None = None
    """File with the key that the secrets of webhooks and of codes (TOTP) are sealed with, made when there is none;
    empty: `gateway/sealing.key` in the data folder. Best kept where no backup of the data folder has it."""

    def is_reached_securely(self, scheme: str) -> bool:
        """Whether people reach us over https; `scheme` is the call's, which only a trusted proxy can make https."""
        return scheme == "https" or self.public_url.startswith("https://")

    @property
    def webhook_hosts(self) -> frozenset[str]:
        """Those hosts, in small letters."""
        return frozenset(each.strip().lower() for each in self.webhook_private_hosts.split(",") if each.strip())

    @property
    def sealing_key_file(self) -> Path:
        """That file."""
        return self.gateway_key_file or self.data_dir / "gateway" / "sealing.key"

    @property
    def log_folder(self) -> Path:
        """Where the logs' public files lie."""
        return self.tiles_dir or self.data_dir / "audit" / "tiles"

    @property
    def upload_folder(self) -> Path:
        """Where an upload lies until it is stored; on disk, which the system's folder for such files may not be."""
        return self.data_dir.resolve() / "uploads"
