//! From a line of a scenario to what it asks for.

use callwarden_core::{
    Answer, Caller, Disposition, Fleet, Mode, NotAnAttempt, Outcome, Policy, Seconds, Signals,
    is_analytics_block,
};

use crate::calendar::{IN_2099, moment, span, time_of_day};

pub(crate) type Change = Box<dyn FnOnce(&mut Policy)>;

pub(crate) enum Directive {
    Policy(Change),
    Clock(u32),
    Attempt(Box<Said>),
    Dial(Box<Dial>),
    Record(Option<NotAnAttempt>),
    Show { fleet: Fleet, caller: Caller },
}

pub(crate) struct Said {
    pub(crate) fleet: Fleet,
    pub(crate) caller: Caller,
    pub(crate) id: Option<String>,
    pub(crate) started: Started,
    pub(crate) is_final: bool,
    pub(crate) amends_only: bool,
    pub(crate) outcome: Outcome,
}

/// Event time, relative to the log's clock.
#[derive(Clone, Copy)]
pub(crate) enum Started {
    Ago(u32),
    Ahead(u32),
    At(u32),
}

pub(crate) struct Dial {
    pub(crate) fleet: Fleet,
    pub(crate) caller: Caller,
    pub(crate) every: u32,
    pub(crate) span: u32,
    /// Seconds of the day in which it dials.
    pub(crate) hours: (u32, u32),
    /// Answers in 10,000 attempts.
    pub(crate) answered: u64,
    pub(crate) answer: Outcome,
    pub(crate) otherwise: Outcome,
}

/// An answered call of at most so many seconds is short, in scenarios.
const SHORT_CALL_SECONDS: u32 = 6;

/// The words of a line: blanks part them, quotes hold them together.
fn words(line: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for (n, part) in line.split('"').enumerate() {
        if n % 2 == 1 {
            words.push(part);
        } else {
            words.extend(part.split_whitespace());
        }
    }
    words
}

pub(crate) fn directive(line: &str) -> Result<Directive, String> {
    let words = words(line);
    match words.as_slice() {
        ["policy", rest @ ..] => policy(rest),
        ["@", rest @ ..] => Ok(Directive::Clock(moment(rest)?)),
        ["attempt", caller, rest @ ..] => attempt(number(caller)?, rest),
        ["dial", caller, rest @ ..] => dial(number(caller)?, rest),
        ["record", "inbound"] => Ok(Directive::Record(Some(NotAnAttempt::Inbound))),
        ["record", "refused", "locally"] => Ok(Directive::Record(Some(NotAnAttempt::RefusedLocally))),
        ["record", "other"] => Ok(Directive::Record(Some(NotAnAttempt::OtherRecord))),
        ["record", "unreadable"] => Ok(Directive::Record(None)),
        ["show", caller, rest @ ..] => {
            let fleet = match rest {
                [] => Fleet::DEFAULT,
                ["fleet", fleet] => fleet,
                _ => return Err("after the number comes at most `fleet NAME`".to_owned()),
            };
            Ok(Directive::Show { fleet: Fleet::new(fleet), caller: number(caller)? })
        }
        _ => Err("a line begins with policy, @, attempt, dial, record or show".to_owned()),
    }
}

fn number(text: &str) -> Result<Caller, String> {
    Caller::parse(text).ok_or_else(|| format!("`{text}` is no number in E.164, such as +12025550123"))
}

fn policy(words: &[&str]) -> Result<Directive, String> {
    match words {
        ["mode", "enforce"] => {
            return Ok(Directive::Policy(with(Mode::Enforce, |policy, mode| policy.mode = mode)));
        }
        ["detector", "off"] => {
            return Ok(Directive::Policy(with(false, |policy, on| policy.detector.enabled = on)));
        }
        _ => {}
    }
    let mut changes: Vec<Change> = Vec::new();
    let (section, mut rest) = words.split_first().ok_or("policy of what?")?;
    while let [key, value, more @ ..] = rest {
        rest = more;
        let count = || value.replace(',', "").parse::<u32>().map_err(|_| format!("`{value}` is no count"));
        let level = || value.parse::<f64>().map_err(|_| format!("`{value}` is no number"));
        let seconds = || span(value).map(Seconds);
        changes.push(match (*section, *key) {
            ("caps", "per_minute") => with(count()?, |policy, n| policy.caps.per_minute = n),
            ("caps", "per_hour") => with(count()?, |policy, n| policy.caps.per_hour = n),
            ("caps", "per_day") => with(count()?, |policy, n| policy.caps.per_day = n),
            ("caps", "reduce_for") => with(seconds()?, |policy, s| policy.caps_reduce_for = s),
            ("detector", "watch") => with(level()?, |policy, level| policy.detector.watch = level),
            ("detector", "reduce") => with(level()?, |policy, level| policy.detector.reduce = level),
            ("detector", "pause") => with(level()?, |policy, level| policy.detector.pause = level),
            ("detector", "baseline_min_attempts") => {
                with(count()?, |policy, n| policy.detector.baseline_min_attempts = n)
            }
            ("detector", "pause_for") => with(seconds()?, |policy, s| policy.detector.pause_for = s),
            ("detector", "reduce_for") => with(seconds()?, |policy, s| policy.detector.reduce_for = s),
            ("detector", "reduce_to") => with(level()?, |policy, share| policy.detector.reduce_to = share),
            ("numbers", "max") => with(count()?, |policy, n| policy.numbers_max = n),
            ("numbers", "fleets_max") => with(count()?, |policy, n| policy.fleets_max = n),
            _ => return Err(format!("no policy `{section} {key} {value}`")),
        });
    }
    if let [alone] = rest {
        return Err(format!("`{alone}` has no value"));
    }
    Ok(Directive::Policy(Box::new(move |policy| changes.into_iter().for_each(|change| change(policy)))))
}

fn with<T: 'static>(value: T, set: impl FnOnce(&mut Policy, T) + 'static) -> Change {
    Box::new(move |policy| set(policy, value))
}

fn attempt(caller: Caller, words: &[&str]) -> Result<Directive, String> {
    let mut said = Said {
        fleet: Fleet::new(Fleet::DEFAULT),
        caller,
        id: None,
        started: Started::Ago(0),
        is_final: true,
        amends_only: false,
        outcome: ending(&["no", "answer"])?.0,
    };
    let mut ending_words = Vec::new();
    let mut rest = words;
    while let [word, more @ ..] = rest {
        rest = match (*word, more) {
            ("id", [id, more @ ..]) => {
                said.id = Some((*id).to_owned());
                more
            }
            ("fleet", [fleet, more @ ..]) => {
                said.fleet = Fleet::new(fleet);
                more
            }
            ("started", ["in", "2099", more @ ..]) => {
                said.started = Started::At(IN_2099);
                more
            }
            ("started", [length, "ago", more @ ..]) => {
                said.started = Started::Ago(span(length)?);
                more
            }
            ("started", [length, "ahead", more @ ..]) => {
                said.started = Started::Ahead(span(length)?);
                more
            }
            ("not", ["final", more @ ..]) => {
                said.is_final = false;
                more
            }
            ("amends", ["only", more @ ..]) => {
                said.amends_only = true;
                more
            }
            (word, more) => {
                ending_words.push(word);
                more
            }
        };
    }
    let (outcome, left) = ending(&ending_words)?;
    said.outcome = outcome;
    if !left.is_empty() {
        return Err(format!("`{}` is not understood", left.join(" ")));
    }
    Ok(Directive::Attempt(Box::new(said)))
}

fn dial(caller: Caller, words: &[&str]) -> Result<Directive, String> {
    let mut dial = Dial {
        fleet: Fleet::new(Fleet::DEFAULT),
        caller,
        every: 0,
        span: 0,
        hours: (0, 86_400),
        answered: 0,
        answer: ending(&["answered", "by", "person", "talk", "60s"])?.0,
        otherwise: ending(&["no", "answer"])?.0,
    };
    let mut rest = words;
    while !rest.is_empty() {
        rest = match rest {
            ["every", every, "for", length, more @ ..] => {
                (dial.every, dial.span) = (span(every)?, span(length)?);
                more
            }
            ["from", from, "to", to, more @ ..] => {
                dial.hours = (time_of_day(from)?, time_of_day(to)?);
                more
            }
            ["fleet", fleet, more @ ..] => {
                dial.fleet = Fleet::new(fleet);
                more
            }
            ["answer", share, more @ ..] => {
                let percent = share.strip_suffix('%').and_then(|number| number.parse::<f64>().ok());
                dial.answered =
                    (percent.ok_or_else(|| format!("`{share}` is no percentage"))? * 100.0).round() as u64;
                more
            }
            ["otherwise", words @ ..] => {
                let (outcome, more) = ending(words)?;
                dial.otherwise = outcome;
                more
            }
            _ => return Err(format!("`{}` is not understood", rest.join(" "))),
        };
    }
    if dial.every == 0 || dial.span == 0 {
        return Err("say how often and for how long: `every 5m for 10d`".to_owned());
    }
    Ok(Directive::Dial(Box::new(dial)))
}

/// How a call ended, and the words that are left.
fn ending<'a, 'b>(words: &'b [&'a str]) -> Result<(Outcome, &'b [&'a str]), String> {
    let mut signals = Signals { short_call_seconds: SHORT_CALL_SECONDS, ..Signals::default() };
    let mut sip_reason = "";
    let mut reason_header = "";
    let mut rest = words;
    loop {
        rest = match rest {
            ["answered", "by", who, more @ ..] => {
                signals.disposition = Some(Disposition::Answered);
                signals.answered_by = Some(match *who {
                    "person" => Answer::Human,
                    "machine" => Answer::Machine,
                    _ => return Err(format!("answered by person or machine, not `{who}`")),
                });
                more
            }
            ["answered", more @ ..] => {
                signals.disposition = Some(Disposition::Answered);
                more
            }
            ["talk", length, more @ ..] => {
                signals.talk_seconds = Some(span(length)?);
                more
            }
            ["no", "answer", more @ ..] => dispose(&mut signals, Disposition::NoAnswer, more),
            ["busy", more @ ..] => dispose(&mut signals, Disposition::Busy, more),
            ["declined", more @ ..] => dispose(&mut signals, Disposition::Declined, more),
            ["blocked", more @ ..] => dispose(&mut signals, Disposition::Blocked, more),
            ["invalid", "number", more @ ..] => dispose(&mut signals, Disposition::InvalidNumber, more),
            ["canceled", more @ ..] => dispose(&mut signals, Disposition::Canceled, more),
            ["network", "failure", more @ ..] => dispose(&mut signals, Disposition::NetworkFailure, more),
            ["q850", cause, more @ ..] => {
                signals.q850_cause = Some(cause.parse().map_err(|_| format!("`{cause}` is no Q.850 cause"))?);
                more
            }
            ["reason", header, more @ ..] => {
                reason_header = header;
                more
            }
            [status, more @ ..] if status.parse::<u16>().is_ok_and(|status| (100..700).contains(&status)) => {
                signals.sip_status = status.parse().ok();
                match more {
                    [phrase, more @ ..] if phrase.starts_with(|c: char| c.is_ascii_uppercase()) => {
                        sip_reason = phrase;
                        more
                    }
                    more => more,
                }
            }
            _ => break,
        };
    }
    if let Some(status) = signals.sip_status {
        signals.analytics_block = is_analytics_block(status, sip_reason, reason_header);
    }
    let outcome = Outcome::classify(&signals).ok_or("say how the call ended, such as `answered talk 35s`")?;
    Ok((outcome, rest))
}

fn dispose<'a, 'b>(signals: &mut Signals, disposition: Disposition, more: &'b [&'a str]) -> &'b [&'a str] {
    signals.disposition = Some(disposition);
    more
}
