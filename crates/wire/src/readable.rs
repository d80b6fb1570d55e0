//! The figures of a number for people: the fields of its hash in the store, a contract.
//!
//! Every value is short, so that Redis keeps the hash in its compact form (`hash-max-listpack-value`, 64 bytes).

use callwarden_core::NumberView;

use crate::Timestamp;

/// One field of the hash.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it holds, with its unit, for the documentation.
    pub doc: &'static str,
    value: fn(&NumberView) -> String,
}

/// Longest value of a field, in bytes.
pub const VALUE_MAX: usize = 64;

macro_rules! fields {
    ($($name:literal, $doc:literal, |$view:ident| $value:expr;)*) => {
        /// All fields, in the order in which they are written.
        pub const FIELDS: &[Field] =
            &[$(Field { name: $name, doc: $doc, value: |$view: &NumberView| $value },)*];
    };
}

fields! {
    "state", "active, watched, reduced or paused", |view| view.state.name().to_owned();
    "as_of", "event time of the newest attempt, RFC 3339 in UTC; every figure refers to it",
        |view| Timestamp::from(view.as_of).to_string();
    "attempts_1m", "attempts in the newest clock minute", |view| view.attempts_1m.to_string();
    "attempts_1h", "attempts in the newest 60 minutes", |view| view.attempts_1h.to_string();
    "attempts_24h", "attempts in the newest 24 hours, exact to the hour", |view| view.last_24h.attempts.to_string();
    "attempts_7d", "attempts in the newest 7 days, exact to the day (UTC)", |view| view.last_7d.attempts.to_string();
    "seizures_24h", "attempts that left our own network: the denominator of the rates",
        |view| view.last_24h.seizures.to_string();
    "answers_24h", "calls answered, by whomever", |view| view.last_24h.answers.to_string();
    "human_24h", "calls known to be answered by a person", |view| view.last_24h.human.to_string();
    "machine_24h", "calls known to be answered by a machine", |view| view.last_24h.machine.to_string();
    "short_24h", "calls answered and over within 6 seconds", |view| view.last_24h.short.to_string();
    "blocked_24h", "calls blocked by an analytics engine or the terminating network",
        |view| view.last_24h.blocked.to_string();
    "talk_seconds_24h", "seconds of talk", |view| view.last_24h.talk_seconds.to_string();
    "answer_rate_24h", "answers other than by machines over seizures, 0 to 1; empty without seizures",
        |view| rate(view.last_24h.answer_rate());
    "answer_rate_7d", "the same over 7 days", |view| rate(view.last_7d.answer_rate());
    "expected_rate", "the answer rate it is held against, 0 to 1; empty before it has enough of a past",
        |view| rate(view.expected_rate);
    "baseline_attempts", "seizures older than 24 hours that are its past", |view| view.baseline_attempts.to_string();
    "statistic", "Shiryaev-Roberts statistic of a fall of its answer rate", |view| format!("{:.1}", view.statistic);
}

/// The fields of a number's hash with their values.
pub fn readable(view: &NumberView) -> Vec<(&'static str, String)> {
    FIELDS.iter().map(|field| (field.name, (field.value)(view))).collect()
}

/// Four decimals; empty when unknown, which is neither 0 nor 1.
fn rate(rate: Option<f64>) -> String {
    rate.map(|rate| format!("{rate:.4}")).unwrap_or_default()
}

#[cfg(test)]
mod tests;
