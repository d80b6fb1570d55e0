"""What promtool does not ask: does each alert say enough, has it a runbook and tests, and does what it looks at exist?

A misspelled metric is no error to Prometheus: the alert just never fires. So every name and label value in an expression must
stand in metrics.yaml, and every metric in the program's sources too.
"""
import pathlib
import re
import sys

import yaml

here = pathlib.Path(__file__).resolve().parent
root = here.parent.parent
runbooks = root / "docs" / "runbooks"
SECTIONS = ["Meaning", "Impact", "Diagnosis", "Mitigation"]
OF_PROMETHEUS = {"up": {}, "ALERTS": {"alertname": None, "alertstate": None}}
WORDS = {"and", "or", "unless", "bool", "by", "without", "on", "ignoring", "group_left", "group_right", "offset"}
NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"

wrong = []


def known_metrics(groups):
    """Name to labels, of everything that an expression may ask for."""
    known = dict(OF_PROMETHEUS)
    for name, labels in yaml.safe_load((here / "metrics.yaml").read_text()).items():
        if "le" in labels:
            plain = {label: values for label, values in labels.items() if label != "le"}
            known |= {f"{name}_bucket": labels, f"{name}_sum": plain, f"{name}_count": plain}
        else:
            known[name] = labels
    for group in groups:
        for rule in group["rules"]:
            if "record" in rule:
                known[rule["record"]] = dict.fromkeys(["job", "instance", "unit"])
    return known


def check_expression(where, expression, known):
    """Every metric, and every label value that a selector names, exists."""
    for name, selector in re.findall(rf"({NAME})\{{([^}}]*)\}}", expression):
        for label, how, value in re.findall(rf'({NAME})\s*(=~|!~|!=|=)\s*"([^"]*)"', selector):
            labels = (known.get(name) or {}) | {"job": None, "instance": None}
            if label not in labels:
                wrong.append(f"{where}: {name} has no label {label}")
            elif labels[label] is not None:
                for one in value.split("|") if "~" in how else [value]:
                    if one not in labels[label]:
                        wrong.append(f"{where}: label {label} of {name} is never {one!r}")
    bare = re.sub(r'"[^"]*"|\{[^}]*\}|\[[^\]]*\]', " ", expression)
    bare = re.sub(r"\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)", " ", bare)
    bare = re.sub(r"\boffset\s+\S+", " ", bare)
    for name, call in re.findall(rf"(?<![0-9a-zA-Z_:.])({NAME})\s*(\()?", bare):
        if not call and name not in WORDS and name not in known:
            wrong.append(f"{where}: no such metric: {name}")


def check_alert(rule):
    """It says what, how bad and what to do, and it is tested."""
    name = rule["alert"]
    texts = rule.get("annotations", {})
    if "for" not in rule:
        wrong.append(f"{name}: for is missing")
    if rule.get("labels", {}).get("severity") not in ("page", "ticket"):
        wrong.append(f"{name}: severity is neither page nor ticket")
    wrong.extend(f"{name}: {text} is missing" for text in ("summary", "description") if not texts.get(text))
    if texts.get("runbook_url") != f'{{{{ or $externalLabels.runbooks "docs/runbooks" }}}}/{name}.md':
        wrong.append(f"{name}: runbook_url is not that of the others")
    runbook = runbooks / f"{name}.md"
    text = runbook.read_text() if runbook.exists() else ""
    if re.findall(r"^## (.*)$", text, re.M) != SECTIONS or not text.startswith(f"# {name}\n"):
        wrong.append(f"{name}: docs/runbooks/{name}.md is to have its name as title and the sections {', '.join(SECTIONS)}")
    row = f"| [{name}]({name}.md) | {rule.get('labels', {}).get('severity')} |"
    if row not in (runbooks / "README.md").read_text():
        wrong.append(f"{name}: docs/runbooks/README.md has no row {row}")
    tests = here / "tests" / f"{name}.yaml"
    groups = yaml.safe_load(tests.read_text())["tests"] if tests.exists() else []
    cases = [case for group in groups for case in group["alert_rule_test"] if case["alertname"] == name]
    if not any(case["exp_alerts"] for case in cases):
        wrong.append(f"{name}: no test in tests/{name}.yaml expects it")
    # A group that expects nothing at any time: a healthy series.
    if all(any(case["exp_alerts"] for case in group["alert_rule_test"]) for group in groups):
        wrong.append(f"{name}: no test in tests/{name}.yaml shows it quiet while all is well")


groups = yaml.safe_load((here / "rules.yaml").read_text())["groups"]
known = known_metrics(groups)
rules = [rule for group in groups for rule in group["rules"]]
alerts = [rule for rule in rules if "alert" in rule]
for rule in rules:
    check_expression(rule.get("alert") or rule["record"], rule["expr"], known)
for rule in alerts:
    check_alert(rule)

names = {rule["alert"] for rule in alerts}
for folder, suffix in ((runbooks, ".md"), (here / "tests", ".yaml")):
    for path in sorted(folder.iterdir()):
        if path.name not in {name + suffix for name in names} | {"README.md"}:
            wrong.append(f"{path.relative_to(root)} belongs to no alert")

# The crates are named like metrics; a string with their name alone is not one.
crates = {path.name.replace("-", "_") for path in (root / "crates").iterdir()}
listed = set(yaml.safe_load((here / "metrics.yaml").read_text()))
for path in sorted((root / "crates").glob("*/src/**/*.rs")):
    for name in re.findall(r'"(callwarden_[a-z0-9_]+)"', path.read_text()):
        if name not in listed and name.removeprefix("callwarden_") not in crates:
            wrong.append(f"{path.relative_to(root)}: {name} is not in deploy/prometheus/metrics.yaml")

for line in wrong:
    print(line, file=sys.stderr)
print(f"{len(alerts)} alerts, {len(rules) - len(alerts)} recorded series, {len(wrong)} faults")
sys.exit(bool(wrong))
