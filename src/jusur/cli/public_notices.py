"""``jusur public-api``: the public interface to notices, in a process of its own."""

import os
import signal
import subprocess
import sys

import click

SAMPLE_LIMIT = 200_000


@click.command("public-api")
@click.option("--sample", type=click.IntRange(1, SAMPLE_LIMIT), default=None, help="Serve this many invented notices.")
@click.option("--seed", type=int, default=1, show_default=True, help="Which invented notices.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True)
@click.option("--base", default="", help="The address clients reach it under; links begin with it.")
@click.option("--rate", type=float, default=None, help="Requests a second for each address (0: any number).")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True)
@click.pass_obj
def public_api(
    home: str | None, sample: int | None, seed: int, host: str, port: int, base: str, rate: float | None, workers: int
) -> None:
    """Serve the public extracts of notices in force: what their sources agreed to show, and no more.

    With --sample it serves invented notices, with no node and no database.
    """
    environment = {
        "JUSUR_PUBLIC_BASE": base or f"http://{host}:{port}",
        "JUSUR_PUBLIC_HOST": host,
        "JUSUR_PUBLIC_PORT": str(port),
        "JUSUR_PUBLIC_WORKERS": str(workers),
        "JUSUR_PUBLIC_RATE": str(rate if rate is not None else (0 if sample else 50)),
        "JUSUR_PUBLIC_SEED": str(seed),
        "JUSUR_PUBLIC_SAMPLE": str(sample or ""),
    }
    if sample is None:
        from jusur.config.bootstrap import setup

        setup(home)
    command = [sys.executable, "-m", "jusur.notices.public.serve"]
    running = subprocess.Popen(command, env={**os.environ, **environment})
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda given, _frame: running.send_signal(given))
    sys.exit(running.wait())
