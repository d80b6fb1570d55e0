//! What the producer tells us on the side.

use std::sync::{Arc, Mutex};

use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::Message;
use rdkafka::producer::{DeliveryResult, ProducerContext};

use crate::kafka::context::{Context, lock};
use crate::kafka::records::Target;

/// What the producer reports of each record, and its other news.
#[derive(Clone, Default)]
pub(super) struct Reports {
    pub(super) context: Context,
    delivered: Arc<Mutex<Delivered>>,
}

#[derive(Default)]
struct Delivered {
    journal_offset: Option<i64>,
    failure: Option<(Target, RDKafkaErrorCode)>,
}

impl Reports {
    pub(super) fn clear(&self) {
        *lock(&self.delivered) = Delivered::default();
    }

    pub(super) fn journal_offset(&self) -> Option<i64> {
        lock(&self.delivered).journal_offset
    }

    pub(super) fn failure(&self) -> Option<(Target, RDKafkaErrorCode)> {
        lock(&self.delivered).failure
    }
}

impl ClientContext for Reports {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        self.context.log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.context.error(error, reason);
    }
}

impl ProducerContext for Reports {
    /// A [`Target`].
    type DeliveryOpaque = usize;

    fn delivery(&self, result: &DeliveryResult<'_>, target: usize) {
        let to =
            [Target::Commands, Target::DeadLetters, Target::Journal][target.min(Target::Journal as usize)];
        let mut delivered = lock(&self.delivered);
        match result {
            Ok(message) if to == Target::Journal => delivered.journal_offset = Some(message.offset()),
            Ok(_) => {}
            Err((error, _)) => {
                let code = error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Unknown);
                // The first is the cause; what was queued behind it is only purged.
                delivered.failure.get_or_insert((to, code));
            }
        }
    }
}
