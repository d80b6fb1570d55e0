//! Every way in which a transaction can fail, by the errors that librdkafka's mock brokers are told to answer with. They fake
//! transactions (aborted records stay visible), so this proves which branch is taken, not delivery; `tests/it` proves that.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use callwarden_engine::{Ledger as _, PortError, Transaction, Trouble};
use callwarden_wire::v1;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;
use rdkafka::types::{RDKafkaApiKey as Api, RDKafkaRespErr as Answer};

use super::*;

struct Mock {
    cluster: MockCluster<'static, DefaultProducerContext>,
    config: KafkaConfig,
}

impl Mock {
    fn new() -> Self {
        let cluster = MockCluster::new(1).unwrap();
        for topic in ["commands", "dead-letters", "journal"] {
            cluster.create_topic(&format!("callwarden.{topic}"), 1, 1).unwrap();
        }
        let config = KafkaConfig {
            properties: BTreeMap::from([("bootstrap.servers".into(), cluster.bootstrap_servers())]),
            topic_prefix: "callwarden.".into(),
            request_timeout: Duration::from_secs(3),
        };
        Self { cluster, config }
    }

    fn connect(&self) -> KafkaLedger {
        KafkaLedger::connect(&self.config, 0, 1).unwrap()
    }

    fn open(&self) -> KafkaLedger {
        let mut ledger = self.connect();
        ledger.open().unwrap();
        ledger
    }

    /// What comes of a commit when the brokers answer `api` with these errors, one request after the other.
    fn commit(&self, api: Api, answers: &[Answer]) -> Result<i64, PortError> {
        let mut ledger = self.open();
        // The first one opens connections and learns where the coordinator is.
        ledger.commit(&transaction(1)).unwrap();
        self.cluster.request_errors(api, answers);
        let outcome = ledger.commit(&transaction(2));
        self.cluster.clear_request_errors(api);
        outcome
    }
}

fn transaction(sequence: u64) -> Transaction {
    let command =
        v1::Command { id: format!("id-{sequence}"), number: "+12025550123".into(), ..Default::default() };
    Transaction {
        commands: vec![command],
        dead_letters: Vec::new(),
        journal: v1::JournalRecord { sequence, instance: "one".into(), ..Default::default() },
    }
}

use Answer::{
    RD_KAFKA_RESP_ERR__TRANSPORT as DISCONNECTED, RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS as CONCURRENT,
    RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS as LOADING,
    RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE as NO_COORDINATOR,
    RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH as OLD_EPOCH, RD_KAFKA_RESP_ERR_INVALID_TXN_STATE as BAD_STATE,
    RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE as TOO_LARGE, RD_KAFKA_RESP_ERR_NOT_COORDINATOR as NOT_COORDINATOR,
    RD_KAFKA_RESP_ERR_PRODUCER_FENCED as FENCED,
    RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED as TOPIC_REFUSED,
    RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED as ID_REFUSED,
    RD_KAFKA_RESP_ERR_UNKNOWN as UNKNOWN, RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID as UNKNOWN_PRODUCER,
    RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART as NO_TOPIC,
};

#[test]
fn what_passes_by_itself_is_not_noticed() {
    for (api, answers) in [
        (Api::AddPartitionsToTxn, [LOADING, CONCURRENT].as_slice()),
        (Api::AddPartitionsToTxn, &[NOT_COORDINATOR]),
        (Api::EndTxn, &[LOADING]),
        (Api::EndTxn, &[NOT_COORDINATOR, NO_COORDINATOR]),
        (Api::EndTxn, &[DISCONNECTED]),
        (Api::Produce, &[DISCONNECTED, DISCONNECTED]),
    ] {
        let offset =
            Mock::new().commit(api, answers).unwrap_or_else(|error| panic!("{api:?} {answers:?}: {error}"));
        // Of a record that was sent twice, since the first answer was lost, the client may not hear the offset.
        assert!(offset > 0 || api == Api::Produce, "{api:?} {answers:?}: {offset}");
    }
}

#[test]
fn what_was_not_committed_is_aborted_and_committed_again() {
    let mock = Mock::new();
    let offset = mock.commit(Api::Produce, &[UNKNOWN_PRODUCER]).unwrap();
    // The mock keeps what was aborted; the second time it comes later.
    assert!(offset >= 1, "{offset}");
}

#[test]
fn what_is_refused_for_what_it_is_is_not_tried_again() {
    for (api, answer, said) in [
        (Api::Produce, TOO_LARGE, "max.message.bytes"),
        (Api::AddPartitionsToTxn, TOPIC_REFUSED, "ACL"),
        (Api::Produce, TOPIC_REFUSED, "ACL"),
    ] {
        let error = Mock::new().commit(api, &[answer; 9]).expect_err(&format!("{api:?} {answer:?}"));
        assert_eq!(error.trouble, Trouble::Lasting, "{api:?} {answer:?}: {error}");
        assert!(error.to_string().contains(said), "{api:?} {answer:?}: {error}");
    }
}

#[test]
fn who_was_fenced_says_so() {
    for (api, answer) in [(Api::AddPartitionsToTxn, FENCED), (Api::EndTxn, FENCED), (Api::EndTxn, OLD_EPOCH)]
    {
        let error = Mock::new().commit(api, &[answer]).unwrap_err();
        assert_eq!(error.trouble, Trouble::Fenced, "{api:?} {answer:?}: {error}");
        assert!(error.to_string().contains("another process has taken over unit 0"), "{error}");
    }
}

#[test]
fn what_is_fatal_or_unknown_is_left_to_recovery() {
    for (api, answer) in [
        (Api::EndTxn, UNKNOWN),
        (Api::EndTxn, BAD_STATE),
        (Api::AddPartitionsToTxn, BAD_STATE),
        (Api::AddPartitionsToTxn, UNKNOWN),
    ] {
        let error = Mock::new().commit(api, &[answer]).expect_err(&format!("{api:?} {answer:?}"));
        assert_eq!(error.trouble, Trouble::Passing, "{api:?} {answer:?}: {error}");
    }
}

#[test]
fn a_commit_whose_outcome_is_not_heard_is_left_to_recovery() {
    let mock = Mock::new();
    let mut ledger = mock.open();
    ledger.commit(&transaction(1)).unwrap();
    mock.cluster.broker_down(1).unwrap();
    let error = ledger.commit(&transaction(2)).unwrap_err();
    assert_eq!(error.trouble, Trouble::Passing, "{error}");
    assert!(error.what.contains("within 3s"), "{error}");
    // The producer is gone; nothing may be committed before the ledger is opened anew.
    let error = ledger.commit(&transaction(2)).unwrap_err();
    assert_eq!(error.what, "the ledger is not open");
    mock.cluster.broker_up(1).unwrap();
    let mut next = mock.connect();
    next.open().unwrap();
    next.commit(&transaction(2)).unwrap();
}

#[test]
fn a_transactional_id_that_is_not_ours_to_use_is_said_with_its_cure() {
    let mock = Mock::new();
    mock.cluster.request_errors(Api::InitProducerId, &[ID_REFUSED]);
    let error = mock.connect().open().unwrap_err();
    assert_eq!(error.trouble, Trouble::Lasting);
    assert!(error.to_string().contains("callwarden.unit-0") && error.to_string().contains("ACLs"), "{error}");
}

#[test]
fn a_topic_that_is_gone_is_said_with_its_cure() {
    let mock = Mock::new();
    let mut ledger = mock.open();
    ledger.commit(&transaction(1)).unwrap();
    mock.cluster.topic_error("callwarden.commands", NO_TOPIC).unwrap();
    // The client waits for it to come back. The recovery that follows looks for its topics first.
    assert_eq!(ledger.commit(&transaction(2)).unwrap_err().trouble, Trouble::Passing);
    let error = KafkaLedger::connect(&mock.config, 0, 1).err().unwrap();
    assert_eq!(error.trouble, Trouble::Lasting);
    assert!(error.to_string().contains("hint: callwarden topics create"), "{error}");
}
