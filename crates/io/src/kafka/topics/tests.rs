#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::time::Duration;

use super::*;

fn plans() -> Vec<Plan> {
    let config = KafkaConfig {
        properties: BTreeMap::new(),
        topic_prefix: "eu.callwarden.".into(),
        request_timeout: Duration::from_secs(1),
    };
    let wish =
        CreateTopics { attempts: vec!["dialer.attempts".into()], partitions: 6, units: 2, replication: None };
    plan(&config, &wish)
}

#[test]
fn the_plan_names_every_topic_once_with_its_retention() {
    let plans = plans();
    let names: Vec<_> = plans.iter().map(|plan| (plan.name.as_str(), plan.partitions)).collect();
    assert_eq!(
        names,
        [
            ("dialer.attempts", 6),
            ("eu.callwarden.commands", 1),
            ("eu.callwarden.journal", 2),
            ("eu.callwarden.control", 2),
            ("eu.callwarden.dead-letters", 1)
        ]
    );
    assert!(plans[3].settings.contains(&("retention.ms", "-1".to_owned())), "control is kept for ever");
    let days = |plan: &Plan| {
        let (_, ms) = plan.settings.iter().find(|(name, _)| *name == "retention.ms").unwrap();
        ms.parse::<u64>().unwrap() / DAY_MS
    };
    assert_eq!([0, 1, 2, 4].map(|at: usize| days(&plans[at])), [8, 30, 14, 7]);
    assert!(days(&plans[2]) >= days(&plans[0]), "the journal is kept at least as long as attempts");
}

#[test]
fn only_what_matters_differs() {
    let commands = &plans()[1];
    let as_wanted = |name: &str| match name {
        "cleanup.policy" => "delete,compact".to_owned(),
        "retention.ms" => (30 * DAY_MS).to_string(),
        _ => String::new(),
    };
    assert_eq!(state(differences(commands, 1, &as_wanted)), TopicState::Exists);
    let other = |name: &str| if name == "cleanup.policy" { "delete".to_owned() } else { as_wanted(name) };
    let found = differences(commands, 3, &other);
    let said: Vec<_> =
        found.iter().map(|d| (d.setting.as_str(), d.wanted.as_str(), d.found.as_str())).collect();
    assert_eq!(said, [("partitions", "1", "3"), ("cleanup.policy", "compact,delete", "delete")]);
}

#[test]
fn futures_run_to_their_end() {
    let mut turns = 3;
    let future = std::future::poll_fn(|context| {
        turns -= 1;
        if turns == 0 {
            return Poll::Ready(7);
        }
        let waker = context.waker().clone();
        thread::spawn(move || waker.wake());
        Poll::Pending
    });
    assert_eq!(block_on(future), 7);
}
