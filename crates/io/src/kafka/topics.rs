//! `callwarden topics create`: the topics with the settings that the guarantees need.
//!
//! Creating is idempotent and changes nothing that exists: what differs is said, and the operator decides.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use callwarden_engine::PortError;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, ResourceSpecifier, TopicReplication};
use rdkafka::error::RDKafkaErrorCode;

use super::config::{JOURNAL_BYTES_MAX, KafkaConfig, refused};
use super::context::Context;
use super::probe::{Probe, not_allowed};

/// What to create.
#[derive(Debug, Clone)]
pub struct CreateTopics {
    /// Names of the topics of attempts.
    pub attempts: Vec<String>,
    /// Partitions of each of them.
    pub partitions: u32,
    /// Units: partitions of the topic of control, and of the journal.
    pub units: u32,
    /// Replicas of every topic; `None`: what the cluster does by default.
    pub replication: Option<u32>,
}

/// What became of a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicReport {
    /// Its name.
    pub topic: String,
    /// What became of it.
    pub state: TopicState,
}

/// What `create` found or did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TopicState {
    /// It is new.
    Created,
    /// It was there, as wanted.
    Exists,
    /// It was there, with other settings; nothing was changed.
    Differs(Vec<Difference>),
}

/// A setting that is not as wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// `partitions`, or the name of a topic's configuration.
    pub setting: String,
    /// What callwarden would create.
    pub wanted: String,
    /// What there is.
    pub found: String,
}

/// A topic as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Plan {
    name: String,
    partitions: u32,
    settings: Vec<(&'static str, String)>,
}

const DAY_MS: u64 = 24 * 3_600 * 1_000;

/// Settings whose difference is worth a line; the others are matters of taste.
const COMPARED: &[&str] = &["cleanup.policy", "retention.ms", "message.timestamp.type", "max.message.bytes"];

/// Creates what is missing. The reports are in a fixed order, and whole: after an error some topics may have been created.
pub fn create(config: &KafkaConfig, wish: &CreateTopics) -> Result<Vec<TopicReport>, PortError> {
    let probe = Probe::new(config)?;
    let admin: AdminClient<Context> =
        config.client().create_with_context(Context::default()).map_err(|error| refused(&error))?;
    let mut reports = Vec::new();
    for plan in plan(config, wish) {
        let state = match probe.find(&plan.name)? {
            Some(found) => compare(config, &admin, &plan, found.partitions)?,
            None => create_one(config, &admin, &plan, wish.replication)?,
        };
        reports.push(TopicReport { topic: plan.name, state });
    }
    // A broker may answer that a topic is made before all of it knows that.
    let deadline = Instant::now() + config.request_timeout;
    for made in reports.iter().filter(|report| report.state == TopicState::Created) {
        while probe.find(&made.topic)?.is_none() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(20));
        }
    }
    Ok(reports)
}

fn plan(config: &KafkaConfig, wish: &CreateTopics) -> Vec<Plan> {
    let keep = |days: u64| ("retention.ms", (days * DAY_MS).to_string());
    let delete = || ("cleanup.policy", "delete".to_owned());
    let attempts = wish.attempts.iter().map(|name| Plan {
        name: name.clone(),
        partitions: wish.partitions,
        settings: vec![
            delete(),
            keep(8),
            // What is from the future is judged by the log's clock: it should be the broker's, not the dialer's.
            ("message.timestamp.type", "LogAppendTime".to_owned()),
        ],
    });
    let own = [
        // One partition: a reader sees the commands in their sequence, and gaps in it.
        Plan {
            name: config.topic("commands"),
            partitions: 1,
            settings: vec![("cleanup.policy", "compact,delete".to_owned()), keep(30)],
        },
        // Longer than attempts: a snapshot of any age that attempts still cover can be carried forward.
        Plan {
            name: config.topic("journal"),
            partitions: wish.units,
            settings: vec![delete(), keep(14), ("max.message.bytes", JOURNAL_BYTES_MAX.to_string())],
        },
        // Small, and kept for ever: what operators and feeds say is read again from here.
        Plan {
            name: config.topic("control"),
            partitions: wish.units,
            settings: vec![delete(), ("retention.ms", "-1".to_owned())],
        },
        Plan { name: config.topic("dead-letters"), partitions: 1, settings: vec![delete(), keep(7)] },
    ];
    attempts.chain(own).collect()
}

fn create_one(
    config: &KafkaConfig,
    admin: &AdminClient<Context>,
    plan: &Plan,
    replication: Option<u32>,
) -> Result<TopicState, PortError> {
    let replicas = replication.map_or(-1, |replicas| replicas as i32);
    let mut topic = NewTopic::new(&plan.name, plan.partitions as i32, TopicReplication::Fixed(replicas));
    for (name, value) in &plan.settings {
        topic = topic.set(name, value);
    }
    let what = |said: &dyn std::fmt::Display| {
        PortError::new(format!("topic {} at {} could not be created: {said}", plan.name, config.brokers()))
    };
    let results = block_on(admin.create_topics([&topic], &options(config))).map_err(|error| what(&error))?;
    match results.into_iter().next() {
        Some(Ok(_)) => Ok(TopicState::Created),
        // Somebody was quicker.
        Some(Err((_, RDKafkaErrorCode::TopicAlreadyExists))) => Ok(TopicState::Exists),
        Some(Err((
            _,
            RDKafkaErrorCode::TopicAuthorizationFailed | RDKafkaErrorCode::ClusterAuthorizationFailed,
        ))) => Err(not_allowed(config, &plan.name)
            .hint("creating topics needs the ACL Create on the topic or the cluster")),
        Some(Err((_, code @ RDKafkaErrorCode::InvalidReplicationFactor))) => {
            Err(what(&code).hint("there are fewer brokers than replicas: give a smaller replication factor"))
        }
        Some(Err((_, code))) => Err(what(&code)),
        None => Err(what(&"the broker answered nothing")),
    }
}

fn compare(
    config: &KafkaConfig,
    admin: &AdminClient<Context>,
    plan: &Plan,
    partitions: u32,
) -> Result<TopicState, PortError> {
    let asked = ResourceSpecifier::Topic(&plan.name);
    let what = |said: &dyn std::fmt::Display| {
        PortError::new(format!(
            "the settings of topic {} at {} cannot be read: {said}",
            plan.name,
            config.brokers()
        ))
        .hint("it needs the ACL DescribeConfigs on the topic")
    };
    let mut results =
        block_on(admin.describe_configs([&asked], &options(config))).map_err(|error| what(&error))?;
    let found = match results.pop() {
        Some(Ok(resource)) => resource,
        Some(Err(code)) => return Err(what(&code)),
        None => return Err(what(&"the broker answered nothing")),
    };
    let found = |name: &str| found.get(name).and_then(|entry| entry.value.clone()).unwrap_or_default();
    Ok(state(differences(plan, partitions, &found)))
}

fn state(differences: Vec<Difference>) -> TopicState {
    if differences.is_empty() { TopicState::Exists } else { TopicState::Differs(differences) }
}

fn differences(plan: &Plan, partitions: u32, found: &dyn Fn(&str) -> String) -> Vec<Difference> {
    let mut differences = Vec::new();
    let mut note = |setting: &str, wanted: &str, found: String| {
        differences.push(Difference { setting: setting.to_owned(), wanted: wanted.to_owned(), found });
    };
    if partitions != plan.partitions {
        note("partitions", &plan.partitions.to_string(), partitions.to_string());
    }
    for (name, wanted) in plan.settings.iter().filter(|(name, _)| COMPARED.contains(name)) {
        let found = found(name);
        if as_set(&found) != as_set(wanted) {
            note(name, wanted, found);
        }
    }
    differences
}

/// `compact,delete` is `delete,compact`.
fn as_set(value: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = value.split(',').map(str::trim).collect();
    parts.sort_unstable();
    parts
}

fn options(config: &KafkaConfig) -> AdminOptions {
    AdminOptions::new()
        .request_timeout(Some(config.request_timeout))
        .operation_timeout(Some(config.request_timeout))
}

/// Runs a future of the admin client, which has a thread of its own, to its end.
fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut TaskContext::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

#[cfg(test)]
mod tests;
