"""The price of CPU time on a public list. Change it here."""

CPUS = 2
DOLLARS_PER_HOUR = 0.0816
PRICE_LIST = "Amazon EC2 m7g.large, on demand, Linux, us-east-1, June 2026"
"""A machine with `CPUS` processors costs `DOLLARS_PER_HOUR` there, whether it is busy or not."""


def cpu_hours_per_million(cpu_per_thousand: float) -> float:
    """Return CPU-hours for a million sessions, from CPU seconds for 1,000."""
    return 1000 * cpu_per_thousand / 3600


def dollars(cpu_hours: float) -> float:
    """Return the price of so many CPU-hours, as if no processor ever idled."""
    return cpu_hours * DOLLARS_PER_HOUR / CPUS
