"""Run the campaign: ``make campaign``, or ``python -m campaign`` with ``tests/support`` on the path."""

from __future__ import annotations

import argparse
import sys
from itertools import count, islice
from pathlib import Path
from random import SystemRandom

from campaign.runner import HEAD, Finding, Limits, campaign, pasted


def main() -> int:
    parser = argparse.ArgumentParser(prog="campaign", description="Random problems beside independent computations.")
    parser.add_argument("--seconds", type=float, default=3600, help="time after which no problem is begun (3600)")
    parser.add_argument("--seed", type=int, help="from which the problems follow; a fresh one if omitted")
    parser.add_argument("--only", type=int, metavar="N", help="the problem of one number alone")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="the number of the first problem (0)")
    parser.add_argument("--problems", type=int, metavar="N", help="how many at most; as many as there is time for")
    parser.add_argument("--budget", type=float, default=60, help="seconds of work that a problem may take (60)")
    parser.add_argument("--output", type=Path, default=Path("campaign_failures.py"), help="the file for the failures")
    chosen = parser.parse_args()
    seed = SystemRandom().randrange(10**6) if chosen.seed is None else chosen.seed
    print(f"seed {seed}", flush=True)

    def tell(finding: Finding) -> None:
        print(f"problem {finding.problem.number} ({finding.problem.kind}): {finding.how}", flush=True)

    numbers = islice(count(chosen.first), chosen.problems) if chosen.only is None else iter([chosen.only])
    summary = campaign(seed, numbers, chosen.seconds, Limits(chosen.budget), tell)
    for what, times in summary.counts.most_common():
        print(f"{times:7} {what}")
    for sentence, times in summary.refusals.most_common(20):
        print(f"{times:7} {sentence[:160]}")
    if not summary.findings:
        return 0
    first = {finding.problem.number: finding for finding in reversed(summary.findings)}
    tests = [pasted(first[number]) for number in sorted(first)]
    chosen.output.write_text("\n\n".join([HEAD, *tests]), encoding="utf-8")
    print(f"{len(tests)} problems failed: {chosen.output} has them as tests")
    return 1


if __name__ == "__main__":
    sys.exit(main())
