//! What a scenario shows: commands, tally and numbers, in full.

use std::collections::BTreeMap;

use callwarden_core::{
    AnswerRateFell, Caps, Command, CommandKind, Counts, EventTime, Finding, Fleet, Mode, Number, NumberView,
    Orders, PaceOverCap, Policy, Tally,
};

use crate::calendar::written;

pub(crate) fn command(command: &Command, names: &BTreeMap<u64, String>) -> Vec<String> {
    let Command {
        fleet,
        caller,
        target_version,
        sequence,
        kind,
        mode,
        issued_at,
        expires_at,
        finding,
        cause,
    } = command;
    let fleet = if fleet.as_str() == Fleet::DEFAULT { String::new() } else { format!(" of {fleet}") };
    let caps = match kind {
        CommandKind::PauseNumber => String::new(),
        CommandKind::ReduceVolume(caps) => format!(" to {}", limits(*caps)),
    };
    let mode = match mode {
        Mode::Observe => "observe",
        Mode::Enforce => "enforce",
    };
    let cause = names.get(&cause.0).map_or("an attempt never made", String::as_str);
    let mut said = vec![
        format!("{}: {} {}{fleet}{caps}", written(*issued_at), kind.name(), caller.clear()),
        format!(
            "  until {}, command {sequence}, version {target_version}, {mode}, caused by attempt {cause}",
            written(*expires_at)
        ),
    ];
    said.push(match finding {
        Finding::AnswerRateFell(fell) => {
            let AnswerRateFell {
                statistic,
                threshold,
                since,
                attempts,
                answers,
                expected_rate,
                baseline_attempts,
                baseline_answers,
            } = fell;
            format!(
                "  {}: R {statistic:.4e} >= {threshold:.0e}; {answers} answers in {attempts} attempts since {}; \
                 expected rate {expected_rate:.4} from {baseline_answers} in {baseline_attempts}",
                finding.reason(),
                written(*since),
            )
        }
        Finding::PaceOverCap(PaceOverCap { attempts, cap, window }) => {
            format!("  {}: {attempts} attempts in {} s, cap {cap}", finding.reason(), window.0)
        }
    });
    said
}

fn limits(Caps { per_minute, per_hour, per_day }: Caps) -> String {
    let said = |cap: u32| if cap == 0 { "no cap".to_owned() } else { cap.to_string() };
    format!("{} a minute, {} an hour, {} a day", said(per_minute), said(per_hour), said(per_day))
}

/// What a directive changed.
pub(crate) fn tally(before: Tally, now: Tally) -> Option<String> {
    let grown: Vec<String> = before
        .entries()
        .into_iter()
        .zip(now.entries())
        .filter(|((_, before), (_, now))| before != now)
        .map(|((name, before), (_, now))| format!("{name} +{}", now - before))
        .collect();
    (!grown.is_empty()).then(|| grown.join(", "))
}

pub(crate) fn number(number: &Number, policy: &Policy) -> Vec<String> {
    let view = number.view(policy);
    let NumberView {
        as_of,
        state,
        attempts_1m,
        attempts_1h,
        last_24h,
        last_7d,
        expected_rate,
        baseline_attempts,
        statistic,
    } = view;
    let expected =
        expected_rate.map_or("no expected rate".to_owned(), |rate| format!("expected rate {rate:.4}"));
    let mut said = vec![
        format!(
            "{} as of {}: {attempts_1m} attempts in its minute, {attempts_1h} in 60 minutes",
            state.name(),
            written(as_of)
        ),
        format!("24 h: {}", counts(&last_24h)),
        format!("7 d: {}", counts(&last_7d)),
        format!(
            "past: {} answers in {baseline_attempts}, {expected}; R {statistic:.4}",
            number.settled.answers
        ),
    ];
    said.extend(orders(&number.orders));
    said
}

fn counts(counts: &Counts) -> String {
    let Counts { attempts, seizures, answers, human, machine, short, blocked, talk_seconds } = *counts;
    let rate =
        counts.answer_rate().map_or("no answer rate".to_owned(), |rate| format!("answer rate {rate:.4}"));
    let mut said = format!("{attempts} attempts, {seizures} seizures, {answers} answers");
    for (count, what) in
        [(human, "by persons"), (machine, "by machines"), (short, "short"), (blocked, "blocked")]
    {
        if count > 0 {
            said.push_str(&format!(", {count} {what}"));
        }
    }
    format!("{said}, {talk_seconds} s of talk, {rate}")
}

fn orders(orders: &Orders) -> Option<String> {
    let Orders { version, pause_until, reduce_until, pace_until } = *orders;
    let given = [("pause", pause_until), ("reduction", reduce_until), ("reduction for pace", pace_until)];
    let given: Vec<String> = given
        .into_iter()
        .filter(|&(_, until)| until > EventTime(0))
        .map(|(what, until)| format!("{what} until {}", written(until)))
        .collect();
    (version > 0).then(|| format!("orders: {version} given; {}", given.join(", ")))
}
