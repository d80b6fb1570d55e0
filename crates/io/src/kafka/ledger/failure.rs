//! What becomes of a transaction that failed.
//!
//! | the client says | it was | then |
//! |---|---|---|
//! | retriable, in time | not decided | the same call again |
//! | requires an abort | not committed | abort, and commit the same outputs again, a few times |
//! | a record was refused for what it is | not committed | abort, and stop: trying again cannot help |
//! | fenced | not committed by us | another process runs the unit |
//! | fatal, timed out, anything not known here | perhaps committed | the producer is given up, and the unit recovers |

use callwarden_engine::telemetry::COMMIT_FAILURES;
use callwarden_engine::{PortError, Trouble};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};

use super::{KafkaLedger, Topics};
use crate::kafka::config::JOURNAL_BYTES_MAX;
use crate::kafka::probe::{authentication_failed, is_refusal, not_allowed};
use crate::kafka::records::Target;

/// Why a transaction did not commit.
#[derive(Debug)]
pub(super) enum Failed {
    /// The call had no effect, and may be made again.
    Undecided(PortError),
    /// It was not committed, and can be aborted and tried again.
    Abortable(PortError),
    /// It was not committed and can be aborted, but trying again cannot help.
    Rejected(PortError),
    /// The producer is of no more use, or nobody knows whether it was committed.
    Final(PortError),
}

impl From<Failed> for PortError {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Undecided(error)
            | Failed::Abortable(error)
            | Failed::Rejected(error)
            | Failed::Final(error) => error,
        }
    }
}

impl Failed {
    /// What follows, for the metric.
    pub(super) const fn outcome(&self) -> &'static str {
        match self {
            Self::Undecided(_) | Self::Abortable(_) => "retried",
            Self::Rejected(_) => "rejected",
            Self::Final(error) if matches!(error.trouble, Trouble::Fenced) => "fenced",
            Self::Final(_) => "fatal",
        }
    }
}

impl KafkaLedger {
    /// Counts a failure.
    pub(super) fn count(&self, failed: &Failed) {
        let unit = self.unit.to_string();
        metrics::counter!(COMMIT_FAILURES, "unit" => unit, "outcome" => failed.outcome()).increment(1);
    }

    pub(super) fn late(&self, doing: &str) -> PortError {
        PortError::new(format!(
            "could not {doing} at {} within {:?}{}",
            self.config.brokers(),
            self.config.request_timeout,
            self.reports.context.because()
        ))
        .passing()
        .hint("is the cluster whole? Nothing is lost: recovery takes up at the last committed journal record")
    }

    pub(super) fn failed(&self, error: &KafkaError, doing: &str) -> Failed {
        let code = error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Unknown);
        let because = self.reports.context.because();
        let at = self.config.brokers();
        if matches!(
            code,
            RDKafkaErrorCode::Fenced
                | RDKafkaErrorCode::ProducerFenced
                | RDKafkaErrorCode::InvalidProducerEpoch
        ) {
            return Failed::Final(self.fenced());
        }
        if is_refusal(code) {
            return Failed::Final(authentication_failed(&self.config, &code.to_string()));
        }
        if code == RDKafkaErrorCode::TransactionalIdAuthorizationFailed {
            return Failed::Final(
                PortError::new(format!(
                    "not allowed to use the transactional id {} at {at} ({})",
                    self.transactional_id,
                    self.config.identity()
                ))
                .hint("it needs the ACLs Write and Describe on that transactional id"),
            );
        }
        if code == RDKafkaErrorCode::TopicAuthorizationFailed {
            let Topics { commands, dead_letters, journal } = &self.topics;
            return Failed::Rejected(not_allowed(
                &self.config,
                &format!("{commands}, {dead_letters} or {journal}"),
            ));
        }
        let what = format!("could not {doing} at {at}: {code}{because}");
        match error {
            KafkaError::Transaction(error)
                if error.txn_requires_abort() && !error.is_fatal() && is_surely_open(code) =>
            {
                Failed::Abortable(PortError::new(what).passing())
            }
            // A commit that timed out may have happened. Only recovery knows.
            _ if code == RDKafkaErrorCode::OperationTimedOut => Failed::Final(self.late(doing)),
            KafkaError::Transaction(error) if error.is_retriable() && !error.is_fatal() => {
                Failed::Undecided(PortError::new(what).passing())
            }
            _ => Failed::Final(PortError::new(what).passing()),
        }
    }

    /// Who took over stands in the journal, if it has committed already.
    pub(super) fn fenced(&self) -> PortError {
        let by = self.journal.last(&self.probe).ok().flatten().map(|(_, record)| record.instance);
        let by = by.filter(|instance| !instance.is_empty() && *instance != self.instance);
        let newest = by.map(|by| format!(": '{by}'")).unwrap_or_default();
        PortError::new(format!(
            "another process has taken over unit {} (transactional id {}) at {}{newest}",
            self.unit,
            self.transactional_id,
            self.config.brokers()
        ))
        .fenced()
        .hint("only one process may run a unit; two installations on one cluster need two values of kafka.topic_prefix")
    }

    pub(super) fn undelivered(&self, (to, code): (Target, RDKafkaErrorCode)) -> Failed {
        let topic = match to {
            Target::Commands => &self.topics.commands,
            Target::DeadLetters => &self.topics.dead_letters,
            Target::Journal => &self.topics.journal,
        };
        let at = self.config.brokers();
        let what = format!(
            "a record for {topic} at {at} was not accepted: {code}{}",
            self.reports.context.because()
        );
        Failed::Rejected(match code {
            RDKafkaErrorCode::MessageSizeTooLarge => PortError::new(what).hint(match to {
                Target::Journal => {
                    format!("set max.message.bytes={JOURNAL_BYTES_MAX} for {topic}; lower commit.max_events if it is set already")
                }
                _ => format!("let {topic} take records of 1 MiB (max.message.bytes)"),
            }),
            RDKafkaErrorCode::TopicAuthorizationFailed => not_allowed(&self.config, topic),
            RDKafkaErrorCode::UnknownTopicOrPartition
            | RDKafkaErrorCode::UnknownTopic
            | RDKafkaErrorCode::UnknownPartition => PortError::new(what).hint("callwarden topics create"),
            _ => return Failed::Abortable(PortError::new(what).passing()),
        })
    }
}

/// Whether a transaction that failed with this code was certainly not committed. The client calls more errors abortable, among
/// them those that it does not know itself; an answer to a commit that nobody understands may have committed.
const fn is_surely_open(code: RDKafkaErrorCode) -> bool {
    matches!(
        code,
        RDKafkaErrorCode::UnknownProducerId
            | RDKafkaErrorCode::OutOfOrderSequenceNumber
            | RDKafkaErrorCode::InvalidProducerIdMapping
            | RDKafkaErrorCode::ConcurrentTransactions
            | RDKafkaErrorCode::MessageTimedOut
            | RDKafkaErrorCode::UnknownTopicOrPartition
    )
}
