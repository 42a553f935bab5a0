"""What every group of tests reports to: counts, and the text of each failure."""

import sys
import time


class Report:
    def __init__(self, title):
        self.title = title
        self.passed_count = 0
        self.failures = []
        self.notes = []
        self.started = time.monotonic()

    def passed(self, count=1):
        self.passed_count += count

    def failed(self, name, detail=""):
        self.failures.append((name, detail.rstrip()))

    def check(self, condition, name, detail=""):
        if condition:
            self.passed()
        else:
            self.failed(name, detail)

    def note(self, text):
        self.notes.append(text)

    def print(self, out=sys.stdout):
        seconds = time.monotonic() - self.started
        line = f"{self.title:<12} {self.passed_count:>5} passed {len(self.failures):>4} failed {seconds:>8.2f} s"
        if self.notes:
            line += "   " + "; ".join(self.notes)
        print(line, file=out)
        for name, detail in self.failures:
            print(f"  FAILED {name}", file=out)
            for text in detail.splitlines():
                print(f"    {text}", file=out)
        out.flush()


def close(reports, out=sys.stdout):
    """Prints the closing line and gives the exit status: nothing run is no success."""
    passed = sum(report.passed_count for report in reports)
    failed = sum(len(report.failures) for report in reports)
    print(f"{passed} passed, {failed} failed", file=out)
    return 0 if passed and not failed else 1
