"""
Measures what the product promises: scoring, batches, HTTP with the durable write, adapters, memory.

Run it with `make bench`; it is no test and asserts nothing. It starts a service of its own on a
free port with a store in a temporary folder, and leaves nothing behind. Medians of several rounds
are printed; on a busy machine, run it again.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from adapters import adapters
from served import load, memory, serving
from texts import ARTICLE, comment_text

from moderation.classifiers.articles import ArticleMemory
from moderation.classifiers.bundle import current_version
from moderation.classifiers.live import LiveModel
from moderation.classifiers.model import Item
from moderation.config import Config, read_config
from moderation.desk.check import SIGNAL_NAMES, Desk
from moderation.policy import read_policies
from moderation.terms import HEADS, Article, Comment
from moderation.text import detect_language, normalise

WARM_UP = 200
BATCH = 256
CONNECTIONS = 32

Row = tuple[str, str]


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="of each measurement (default 3)")
    parser.add_argument("--comments", type=int, default=1000, help="a round, in process")
    parser.add_argument("--seconds", type=int, default=8, help="a round, over HTTP")
    parser.add_argument("--workers", type=int, default=2, help="server processes")
    parser.add_argument("--pairs", type=int, default=400, help="of requests, for each adapter")
    given = parser.parse_args()
    config = read_config()
    rows = in_process(config, given.rounds, given.comments)
    with tempfile.TemporaryDirectory(prefix="moderation-bench-") as folder:
        rows += over_http(Path(folder), config, given.rounds, given.seconds, given.workers)
    with tempfile.TemporaryDirectory(prefix="moderation-bench-") as folder:
        # A store and a process of their own: neither is filled or warmed by the load before.
        with serving(Path(folder), config.models_dir, workers=1) as service:
            rows += adapters(service, given.pairs)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    model = current_version(config.models_dir)
    lines = [
        "",
        f"{machine}; Python {platform.python_version()}{_build()}; model {model}",
        f"medians of {given.rounds} rounds; {' '.join(['python', *sys.argv])}",
        "",
    ]
    width = max(len(name) for name, _ in rows)
    lines += [f"{name.ljust(width)}  {value}" for name, value in rows]
    sys.stdout.write("\n".join(lines) + "\n")


def _build() -> str:
    """Say it of an interpreter built without its own optimisations, which is a tenth slower."""
    options = sysconfig.get_config_var("CONFIG_ARGS") or "--enable-optimizations"
    return "" if "--enable-optimizations" in options else " (built without optimisations)"


def in_process(config: Config, rounds: int, count: int) -> list[Row]:
    """Measure one thread of one process, without store and HTTP, the article known."""
    live, memory_ = LiveModel(config.models_dir), ArticleMemory()
    policies = read_policies(config.policy, signal_names=SIGNAL_NAMES, score_names=HEADS)
    desk = Desk(live=live, policies=policies, memory=memory_)
    model, article, now = live.model, Article(**ARTICLE), datetime.now(UTC)
    texts = [comment_text(number) for number in range(count + WARM_UP)]
    comments = [Comment(text, now, article=article) for text in texts]
    analysis = memory_.analysis(model, article)
    items = [Item(text, analysis, language=detect_language(text)) for text in map(normalise, texts)]
    whole = each(comments, desk.check, rounds)
    alone = each(items, lambda item: model.score([item]), rounds)
    plain = each(items, lambda item: model.score([item], explain=False), rounds)
    batch = rate(comments, lambda part: desk.check_many(part, explain=False), rounds)
    fresh = statistics.median(
        elapsed(lambda number=number: model.analyse(Article("", "", f"{number}", ARTICLE["body"])))
        for number in range(20)
    )
    length = statistics.mean(map(len, texts))
    return [
        (f"one comment of {length:.0f} characters, in process, article known", ""),
        ("  check: text, signals, scores with reasons, decision", milliseconds(whole)),
        ("  scores alone, explained", milliseconds(alone)),
        ("  scores alone", milliseconds(plain)),
        (f"  batches of {BATCH}, one process", f"{batch:,.0f} comments/s"),
        (f"analysing an article of {len(ARTICLE['body']):,} characters, once", f"{fresh:.1f} ms"),
    ]


def over_http(folder: Path, config: Config, rounds: int, seconds: int, workers: int) -> list[Row]:
    """Measure `POST /v1/comments`, each comment on the disk before its answer."""
    with serving(folder, config.models_dir, workers=workers) as service:
        service.put_article(ARTICLE)
        load(service, CONNECTIONS, 3)
        found = [load(service, CONNECTIONS, seconds) for _ in range(rounds)]
        used = memory(service)
        stored = service.count_comments(folder)
    requests = statistics.median(one.per_second for one in found)
    answered, refused = sum(one.answered for one in found), sum(one.refused for one in found)
    rows = [
        (f"POST /v1/comments, {workers} workers, {CONNECTIONS} connections, {found[0].tool}", ""),
        ("  with the durable write", f"{requests:,.0f} requests/s"),
        (
            "  time to answer",
            f"p50 {statistics.median(one.p50_ms for one in found):.1f} ms, "
            f"p99 {statistics.median(one.p99_ms for one in found):.1f} ms",
        ),
        ("  answered, of these refused; stored", f"{answered:,}, {refused:,}; {stored:,}"),
        ("memory of a worker", ""),
    ]
    rows += [
        (
            f"  {name}",
            f"resident {each_.rss:.0f} MB, its own {each_.private:.0f} MB, "
            f"shared {each_.rss - each_.private:.0f} MB, proportional {each_.pss:.0f} MB",
        )
        for name, each_ in used
    ]
    return rows


def elapsed(step: Callable[[], object]) -> float:
    """Give the milliseconds of one call."""
    started = time.perf_counter_ns()
    step()
    return (time.perf_counter_ns() - started) / 1e6


def each(things: Sequence[object], step: Callable[..., object], rounds: int) -> tuple[float, float]:
    """Give the medians over rounds of p50 and p99, in milliseconds, of a step on one thing."""
    for thing in things[:WARM_UP]:
        step(thing)
    middles, tails = [], []
    for _ in range(rounds):
        times = sorted(elapsed(lambda thing=thing: step(thing)) for thing in things[WARM_UP:])
        middles.append(times[len(times) // 2])
        tails.append(times[len(times) * 99 // 100])
    return statistics.median(middles), statistics.median(tails)


def rate(things: Sequence[object], step: Callable[..., object], rounds: int) -> float:
    """Give the median over rounds of things a second, in batches."""
    rates = []
    for _ in range(rounds):
        spent = sum(
            elapsed(lambda at=at: step(things[at : at + BATCH]))
            for at in range(0, len(things), BATCH)
        )
        rates.append(len(things) / spent * 1000)
    return statistics.median(rates)


def milliseconds(times: tuple[float, float]) -> str:
    """Show p50 and p99."""
    return f"p50 {times[0]:.2f} ms, p99 {times[1]:.2f} ms"


if __name__ == "__main__":
    main()
