//! Where the real parts are. They are never started here, and a test without them fails: it must not seem to have passed.

/// `host:port` of a Kafka without authentication.
pub(crate) fn kafka() -> String {
    required("CALLWARDEN_TEST_KAFKA")
}

/// `host:port` of a listener of the same Kafka that wants SASL PLAIN.
pub(crate) fn kafka_sasl() -> String {
    required("CALLWARDEN_TEST_KAFKA_SASL")
}

/// `host:port` of a listener of the same Kafka that speaks TLS.
pub(crate) fn kafka_ssl() -> String {
    required("CALLWARDEN_TEST_KAFKA_SSL")
}

/// `host:port` of a listener of the same Kafka that speaks TLS and wants SASL PLAIN.
pub(crate) fn kafka_sasl_ssl() -> String {
    required("CALLWARDEN_TEST_KAFKA_SASL_SSL")
}

/// Path of the certificate of a CA that no machine trusts.
pub(crate) fn test_ca() -> String {
    required("CALLWARDEN_TEST_CA")
}

/// Path of the key of a server on this machine and its certificate, which that CA signed.
pub(crate) fn test_certificate() -> String {
    required("CALLWARDEN_TEST_CERTIFICATE")
}

/// Milliseconds of the shortest session that this Kafka grants to a member of a group; 6 s unless it says otherwise.
pub(crate) fn session_ms() -> u32 {
    std::env::var("CALLWARDEN_TEST_SESSION_MS").map_or(6_000, |text| text.parse().expect("milliseconds"))
}

/// Address of a Redis that many tests share.
pub(crate) fn redis() -> String {
    required("CALLWARDEN_TEST_REDIS")
}

/// Directory with Kafka's jars in `lib`, for a broker of a test's own.
pub(crate) fn kafka_home() -> String {
    required("CALLWARDEN_TEST_KAFKA_HOME")
}

/// Path of `redis-server`.
pub(crate) fn redis_server() -> String {
    required("CALLWARDEN_TEST_REDIS_SERVER")
}

/// Path of `valkey-server`.
pub(crate) fn valkey_server() -> String {
    required("CALLWARDEN_TEST_VALKEY_SERVER")
}

#[track_caller]
fn required(name: &str) -> String {
    match std::env::var(name) {
        Ok(value) if !value.is_empty() => value,
        _ => panic!("{name} is not set: run scripts/test, or: eval \"$(scripts/parts up)\""),
    }
}
