//! Accounting records that a real Kamailio wrote of real calls, from a topic to Redis, and a script of a few lines that counts
//! the file.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::harness::{OwnRedis, Rig, redis_server};

#[test]
fn each_caller_has_in_redis_what_a_count_of_the_records_gives() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let records = root.join("crates/wire/tests/data/kamailio-acc.ndjson");
    let text = std::fs::read_to_string(&records).unwrap();

    // The script looks under the default prefix of keys, so this test has a Redis to itself.
    let redis = OwnRedis::start(&redis_server(), &[]);
    let mut rig = Rig::new("calls");
    rig.redis_url = redis.url();
    let topic = rig.topic("sip-acc");
    let topic_is = format!("attempts.0.topic={topic}");
    let settings = [topic_is.as_str(), "attempts.0.dialect=kamailio-acc", "redis.key_prefix=callwarden"];
    let created = rig.run(&["topics", "create", "--partitions", "3"], &settings);
    assert_eq!(created.code, Some(0), "{created:?}");
    let producer = rig.producer();
    for line in text.lines() {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        let caller = record["caller"].as_str().unwrap();
        // Keyed by caller, as the records of a call belong together.
        producer.send(&topic, None, Some(caller.as_bytes()), Some(line.as_bytes()));
    }
    producer.flush();

    let mut program = rig.start(&settings);
    program.live();
    program.taken(text.lines().count() as u64, Duration::from_secs(30));
    // The last snapshot is saved on the way out.
    assert_eq!(program.terminate().code, Some(0));
    let check = Command::new(root.join("scripts/check-acc")).arg(&records).arg(redis.url()).output().unwrap();
    let said = String::from_utf8_lossy(&check.stdout);
    assert!(check.status.success(), "{said}{}", String::from_utf8_lossy(&check.stderr));
    assert!(said.contains("callers, 0 differ"), "{said}");
}
