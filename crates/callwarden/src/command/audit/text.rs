//! An audit for people: first what could not be looked at, then what is wrong, then what was compared, and the verdict last.

use callwarden_engine::audit::{NotStepped, Report, UnitRead, Verdict};

use super::Audited;

/// All lines.
pub(super) fn lines(Audited { report, since, took }: &Audited) -> Vec<String> {
    let mut lines = Vec::new();
    if !report.not_stepped.is_empty() {
        lines.push("Not stepped again, so that only slices, counts and ids were compared:".to_owned());
        lines.extend(report.not_stepped.iter().map(not_stepped));
        lines.push(String::new());
    }
    if !report.findings.is_empty() {
        lines.push("Findings:".to_owned());
        lines.extend(report.findings.iter().map(|finding| format!("  {finding}")));
        let more = report.found() - report.findings.len() as u64;
        if more > 0 {
            lines.push(format!("  ... and {more} more"));
        }
        lines.push(String::new());
    }
    let mut row = |name: &str, value: String| lines.push(format!("{name:<28} {value:>15}"));
    for UnitRead { unit, first, last } in &report.units {
        row(&format!("journal of unit {unit}"), format!("{first}..{last}"));
    }
    if let Some(since) = since {
        row("compared from", since.to_string());
    }
    row("journal records", report.records.to_string());
    row("slices", report.slices.to_string());
    row("attempts stepped again", report.attempts_stepped.to_string());
    row("commands found", report.commands_named.to_string());
    row("commands compared", report.commands_compared.to_string());
    row("dead letters compared", report.dead_letters_compared.to_string());
    for (name, count) in [
        ("attempts read, not stepped", report.attempts_read),
        ("observed decisions compared", report.observed_compared),
        ("commands no longer kept", report.commands_no_longer_kept),
        ("dead letters no longer kept", report.dead_letters_no_longer_kept),
        ("dead letters not checked", report.dead_letters_unchecked),
    ] {
        if count > 0 {
            row(name, count.to_string());
        }
    }
    row("seconds", format!("{:.1}", took.as_secs_f64()));
    lines.push(format!("verdict: {}", verdict(report)));
    lines
}

fn not_stepped(NotStepped { unit, from, to, because }: &NotStepped) -> String {
    let of_unit = if *unit == 0 { String::new() } else { format!(" of unit {unit}") };
    format!("  sequences {from}..{to}{of_unit}: {because}")
}

fn verdict(report: &Report) -> String {
    match report.verdict() {
        Verdict::Proven if report.records == 0 => "proven, of an empty journal".to_owned(),
        Verdict::Proven => "proven: every output is there, once, as it is decided again".to_owned(),
        Verdict::Clean => {
            let mut open = Vec::new();
            if !report.not_stepped.is_empty() {
                open.push("not all of it could be stepped again");
            }
            if report.commands_no_longer_kept + report.dead_letters_no_longer_kept > 0 {
                open.push("the topics no longer keep all outputs");
            }
            if report.dead_letters_unchecked > 0 {
                open.push("not all dead letters could be held against their records");
            }
            format!(
                "clean, not proven: nothing is wrong with what could be compared, but {}",
                open.join(", and ")
            )
        }
        Verdict::Findings => {
            let counts: Vec<String> =
                report.counts.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
            format!("NOT CLEAN: {}", counts.join(", "))
        }
    }
}
