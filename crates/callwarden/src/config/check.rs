//! What no key can say alone: the rules between keys. Keys whose own value is wrong are left out, so that one mistake is
//! reported once.

use std::collections::BTreeMap;

use super::problem::Origin;
use super::schema::Config;
use super::values::Values;

/// The topics that callwarden writes, after the prefix.
const OUTPUTS: [&str; 3] = ["commands", "journal", "dead-letters"];

/// Notes every contradiction in `config`.
pub(super) fn check(config: &Config, values: &mut Values) {
    let Config { detector, caps, commit, snapshot, .. } = config;
    let strictly = ["below", "above"];
    let at_most = ["at most", "at least"];
    let capped = |narrow: u32, wide: u32| narrow == 0 || wide == 0 || narrow <= wide;

    order(values, ["detector.watch", "detector.reduce"], strictly, detector.watch < detector.reduce);
    order(values, ["detector.reduce", "detector.pause"], strictly, detector.reduce < detector.pause);
    order(values, ["caps.per_minute", "caps.per_hour"], at_most, capped(caps.per_minute, caps.per_hour));
    order(values, ["caps.per_hour", "caps.per_day"], at_most, capped(caps.per_hour, caps.per_day));
    if caps.per_hour == 0 {
        order(values, ["caps.per_minute", "caps.per_day"], at_most, capped(caps.per_minute, caps.per_day));
    }
    order(values, ["commit.interval", "commit.heartbeat"], at_most, commit.interval <= commit.heartbeat);
    // While catching up, a snapshot is taken at every tenth interval only.
    let tenfold = ["at most a tenth of", "at least ten times"];
    let far = snapshot.interval * 10 <= snapshot.max_lag;
    order(values, ["snapshot.interval", "snapshot.max_lag"], tenfold, far);
    topics(config, values);
    sasl(config, values);
}

/// Says which of two keys is out of order: the one that was set last is taken for the mistake.
fn order(values: &mut Values, [low, high]: [&str; 2], [under, over]: [&str; 2], holds: bool) {
    if holds || !values.comparable(&[low, high]) {
        return;
    }
    let (blamed, relation, other) =
        if values.origin(high) > values.origin(low) { (high, over, low) } else { (low, under, high) };
    let with = format!("must be {relation} {other} ({})", values.cite(other));
    values.conflict(blamed, with, None);
}

fn topics(config: &Config, values: &mut Values) {
    let mut seen: BTreeMap<&str, String> = BTreeMap::new();
    for (index, entry) in config.attempts.iter().enumerate() {
        let key = format!("attempts.{index}.topic");
        if !values.comparable(&[&key, "kafka.topic_prefix"]) {
            continue;
        }
        if let Some(earlier) = seen.get(entry.topic.as_str()) {
            let with = format!("is the topic of {earlier} too, and would be counted twice");
            values.conflict(&key, with, Some("keep one of them".to_owned()));
        }
        seen.entry(&entry.topic).or_insert_with(|| key.clone());
        let suffix = entry.topic.strip_prefix(&config.kafka.topic_prefix);
        if suffix.is_some_and(|suffix| OUTPUTS.contains(&suffix)) {
            let with = "is a topic that callwarden writes itself".to_owned();
            values.conflict(&key, with, Some("name one that dialers write".to_owned()));
        }
    }
}

/// librdkafka drops credentials without an error when the protocol does not ask for them.
fn sasl(config: &Config, values: &mut Values) {
    let protocol = config.kafka.properties.get("security.protocol").unwrap_or("plaintext");
    let sasl_protocol = protocol.to_ascii_lowercase().starts_with("sasl_");
    for property in ["sasl.password", "sasl.username"] {
        let key = format!("kafka.{property}");
        if !sasl_protocol
            && values.origin(&key) != Origin::Default
            && values.comparable(&[&key, "kafka.security.protocol"])
        {
            let with = format!("is never sent with security.protocol {protocol}");
            values.conflict(&key, with, Some("set security.protocol to SASL_SSL".to_owned()));
            return;
        }
    }
}
