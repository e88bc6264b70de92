"""What the generate service may be told by its environment."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr

from allmanning.runtime.settings import Settings


class GenerateSettings(Settings):
    """Read from `ALLMANNING_<NAME>`."""

    model_api: Literal["extractive", "tgi", "openai"] = "extractive"
    """Who words the answer: the documents' own sentences, a TGI server, or any server that speaks OpenAI's chat API."""

    model_url: str = ""
    """Base address of the model server, such as http://tgi:8080 (tgi) or http://vllm:8000/v1 (openai); several that run
    the same model are separated by commas."""

    model_name: str = ""
    """Name under which the server knows the model; on record with every answer."""

    model_key: SecretStr = SecretStr("")
    """Bearer token of the model server; empty: none is sent."""

    model_approved: bool = False
    """The authority has decided that this model may answer without a caseworker reading first."""

    model_highest_secrecy: Literal["open", "internal", "secret"] = "open"
    """The strictest class of passage that this model may see; with a stricter one among them, its fallback answers."""

    model_fallback: Literal["extractive", "none"] = "extractive"
    """Who answers when this model cannot: the documents' own sentences, or nobody."""

    model_capacity: int = Field(default=8, ge=1, le=4096)
    """Requests that each of its servers answers at once."""

    model_context_tokens: int = Field(default=0, ge=0)
    """How much this model reads at once, in its tokens; 0: unknown."""

    model_languages: tuple[str, ...] = ()
    """Languages that this model may answer in, as a JSON list such as ["sv", "en"]; empty: any."""

    model_digest: str = ""
    """SHA-256 of this model's weights, or the commit they were taken from; pinned with every answer."""

    model_longest_answer_s: float = Field(default=180.0, gt=0)
    """A model that has not ended its answer by then is not listened to any longer."""

    model_registry: Path | None = None
    """YAML file of several models, in place of the single one that the settings above name."""

    model_probe_s: float = Field(default=5.0, gt=0)
    """How often each model server is asked whether it is well."""

    model_max_tokens: int = Field(default=512, ge=1, le=8192)
    """Longest answer, in the model's tokens; a request may ask for less."""

    model_temperature: float = Field(default=0.0, ge=0, le=2)
    """0 gives the same answer again, which an auditor can replay."""

    model_seed: int = 1
    """Seed of the sampling, where the server supports one."""

    model_stop: tuple[str, ...] = ()
    """Texts at which the model stops, as a JSON list."""

    model_timeout_s: float = Field(default=60.0, gt=0)
    """Longest silence of the model server."""

    entailment_url: str = ""
    """Address of a text-embeddings-inference server with a model for natural language inference (/predict), which then
    decides whether a sentence that a model has worded follows from what it cites; empty: the words and the embedder.
    Only with such a model, of several languages, may a model answer in another language than the documents'."""

    entailment_labels: Mapping[str, Literal["entailment", "neutral", "contradiction"]] = {}
    """What its labels mean, as JSON such as {"LABEL_0": "entailment"}; labels that say so themselves need none."""

    entailment_key: SecretStr = SecretStr("")
    """Bearer token of that server; empty: none is sent."""

    entailment_timeout_s: float = Field(default=2.0, gt=0)
    """How long it may take; after that the sentence is checked as if there were none, which is on record."""

    tei_url: str = ""
    """Address of a text-embeddings-inference server, the same that ingest uses; empty: the index process embeds."""

    embedder_timeout_s: float = Field(default=2.0, gt=0)
    """How long the embedder may take with a sentence; without it a worded sentence is left to a caseworker."""

    sentences_asked_again: int = Field(default=2, ge=0, le=10)
    """Sentences of one answer that the model may word once more when their source does not carry them."""

    extractive_places: int = Field(default=8, ge=1, le=1000)
    """Answers worded at once without a model: while one chooses sentences, the others search or are recorded."""

    authorities: Path | None = None
    """File about an authority (share, limits, contact, tone), or a folder of such files; see generate's README."""

    channel_weights: Mapping[str, Annotated[float, Field(gt=0)]] = Field(
        default={"citizen": 16.0, "internal": 8.0, "api": 4.0, "batch": 1.0}, min_length=1
    )
    """How an authority's places are shared between its channels when they compete; batch is what nobody waits for."""

    max_waiting: int = Field(default=2000, ge=0)
    """Most questions that may wait for their turn, of all authorities, before each model."""

    max_waiting_of_one: int = Field(default=600, ge=0)
    """Most questions of one authority that may wait for their turn."""

    max_wait_s: float = Field(default=60.0, gt=0)
    """Longest time that a question may wait for its turn; whoever would wait longer is told when to come back."""

    generate_pipeline: Path | None = None
    """Haystack pipeline (YAML) in place of the one that comes with the chosen model_api."""

    max_question_chars: int = Field(default=4000, ge=1)
    """Longest question, in characters."""

    memory_turns: int = Field(default=6, ge=0, le=100)
    """Questions and answers of a conversation, each counted, that a model reads beside the last question."""

    memory_chars: int = Field(default=4000, ge=0, le=100_000)
    """How long these may be together."""

    search_limit: int = Field(default=10, ge=1, le=100)
    """Passages to find for each question."""

    gate_timeout_s: float = Field(default=3.0, gt=0)
    """How long the audit service may take to apply its rules before the question is turned away."""

    search_timeout_s: float = Field(default=10.0, gt=0)
    """How long the retrieve service may take."""

    use_case: str = "allmän fråga"
    """Name of this use in the decision table's column användning, and in decisions to take it into use."""

    appeal_route: Literal["förvaltningsbesvär", "laglighetsprövning", "ej_överklagbart", "ej_ärende"] = "ej_ärende"
    """How a decision in this use would be appealed; general questions are no case at all. In a case the answer to whom
    it concerns is a decision, and no machine makes it unless the two settings below and the deployment say so."""

    delegation_ref: str = ""
    """Item of the delegation order under which this function decides (KL 6:37); the deployment must name the same."""

    delegable: bool = False
    """Somebody has found that what is decided here is neither procurement nor a system of choice, nor barred from
    delegation (KL 6:38)."""
