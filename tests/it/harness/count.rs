//! What should stand in Redis, counted from the topic in the plainest way there is: keep every attempt, and look at all of
//! them in the end. Shares nothing with the program but the messages of the contract.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher as _, RandomState};

use callwarden_wire::{Timestamp, v1};
use prost::Message as _;
use rdkafka::message::Message as _;

use super::{Redis, Rig, for_each};

/// Every attempt of every number, by id.
#[derive(Default)]
pub(crate) struct Counts {
    numbers: BTreeMap<(String, String), HashMap<u64, Attempt>>,
    hasher: RandomState,
    /// Records read.
    pub(crate) records: u64,
}

/// What one attempt says.
#[derive(Clone, Copy)]
struct Attempt {
    started: i64,
    is_final: bool,
    left_our_network: bool,
    answered: bool,
    by: v1::AnsweredBy,
    blocked: bool,
    talk_ms: Option<i64>,
}

const DAY: i64 = 86_400;
const HOUR: i64 = 3_600;
const MINUTE: i64 = 60;

impl Counts {
    /// Reads the topic of attempts to its end. What cannot be decoded is not counted.
    pub(crate) fn of_topic(rig: &Rig) -> Self {
        let mut counts = Self::default();
        for_each(&rig.kafka, &rig.topic("attempts"), |message| {
            counts.records += 1;
            if let Some(attempt) = message.payload().and_then(decode) {
                counts.take(&attempt);
            }
        });
        counts
    }

    pub(crate) fn take(&mut self, attempt: &v1::CallAttempt) {
        let ms = |time: Option<Timestamp>| {
            time.map(|time| time.seconds * 1_000 + i64::from(time.nanos) / 1_000_000)
        };
        let disposition = attempt.disposition();
        let said = Attempt {
            started: attempt.started_at.unwrap().seconds,
            is_final: attempt.r#final.unwrap_or(true),
            left_our_network: disposition != v1::Disposition::NetworkFailure,
            answered: disposition == v1::Disposition::Answered,
            by: attempt.answered_by(),
            blocked: disposition == v1::Disposition::Blocked,
            talk_ms: ms(attempt.ended_at).zip(ms(attempt.answered_at)).map(|(end, answer)| end - answer),
        };
        let fleet = if attempt.fleet.is_empty() { "default" } else { &attempt.fleet };
        let id = self.hasher.hash_one(&attempt.attempt_id);
        let number = self.numbers.entry((fleet.to_owned(), attempt.caller_number.clone())).or_default();
        let known = number.entry(id).or_insert(said);
        if said.is_final || !known.is_final {
            *known = said;
        }
    }

    /// Numbers counted.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = &(String, String)> {
        self.numbers.keys()
    }

    /// The first number of which Redis shows something else.
    pub(crate) fn compare(&self, redis: &mut Redis) -> Result<(), String> {
        assert!(!self.numbers.is_empty(), "nothing was counted, so nothing is compared");
        for ((fleet, caller), attempts) in &self.numbers {
            let shown = redis.number(fleet, caller);
            for (field, counted) in fields(attempts) {
                let shown = shown.get(field).map_or("(absent)", String::as_str);
                if shown != counted {
                    return Err(format!("{fleet}/{caller}: {field} is {shown}, counted {counted}"));
                }
            }
        }
        Ok(())
    }
}

/// An attempt in any of the three forms that the tests produce.
fn decode(payload: &[u8]) -> Option<v1::CallAttempt> {
    match payload {
        [b'{', ..] => serde_json::from_slice(payload).ok(),
        [0, _, _, _, _, 0, message @ ..] => v1::CallAttempt::decode(message).ok(),
        message => v1::CallAttempt::decode(message).ok(),
    }
}

/// The fields of the hash as they should be. A window is a number of whole buckets that ends with the newest attempt's.
fn fields(attempts: &HashMap<u64, Attempt>) -> Vec<(&'static str, String)> {
    let newest = attempts.values().map(|attempt| attempt.started).max().unwrap();
    let within = |length: i64, buckets: i64| {
        attempts.values().filter(move |attempt| newest / length - attempt.started / length < buckets)
    };
    let day: Vec<&Attempt> = within(HOUR, 24).collect();
    let count = |what: fn(&Attempt) -> bool| day.iter().filter(|attempt| what(attempt)).count().to_string();
    let rate = |attempts: &[&Attempt]| {
        let tried = attempts.iter().filter(|attempt| attempt.left_our_network).count();
        let answered = attempts
            .iter()
            .filter(|attempt| attempt.answered && attempt.by != v1::AnsweredBy::Machine)
            .count();
        if tried == 0 { String::new() } else { format!("{:.4}", answered as f64 / tried as f64) }
    };
    let talk = |attempt: &Attempt| attempt.talk_ms.filter(|ms| attempt.answered && *ms >= 0);
    let older = attempts.values().filter(|attempt| newest / HOUR - attempt.started / HOUR >= 24);
    vec![
        ("as_of", Timestamp { seconds: newest, nanos: 0 }.to_string()),
        ("attempts_1m", within(MINUTE, 1).count().to_string()),
        ("attempts_1h", within(MINUTE, 60).count().to_string()),
        ("attempts_24h", day.len().to_string()),
        ("attempts_7d", within(DAY, 7).count().to_string()),
        ("seizures_24h", count(|attempt| attempt.left_our_network)),
        ("answers_24h", count(|attempt| attempt.answered)),
        ("human_24h", count(|attempt| attempt.answered && attempt.by == v1::AnsweredBy::Human)),
        ("machine_24h", count(|attempt| attempt.answered && attempt.by == v1::AnsweredBy::Machine)),
        (
            "short_24h",
            day.iter().filter(|attempt| talk(attempt).is_some_and(|ms| ms <= 6_000)).count().to_string(),
        ),
        ("blocked_24h", count(|attempt| attempt.blocked)),
        (
            "talk_seconds_24h",
            day.iter()
                .filter_map(|attempt| talk(attempt))
                .map(|ms| (ms + 500) / 1_000)
                .sum::<i64>()
                .to_string(),
        ),
        ("answer_rate_24h", rate(&day)),
        ("answer_rate_7d", rate(&within(DAY, 7).collect::<Vec<_>>())),
        ("baseline_attempts", older.filter(|attempt| attempt.left_our_network).count().to_string()),
    ]
}
