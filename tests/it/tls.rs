//! TLS to Kafka and Redis: with a CA that is trusted everything flows; without, it is refused, and how to trust it is said.

use std::process::Command;
use std::time::{Duration, Instant};

use callwarden_wire::to_json;

use crate::cures::says;
use crate::harness::{
    Counts, Output, OwnRedis, Program, Rig, SOON, attempt, free_port, kafka_sasl_ssl, kafka_ssl,
    redis_server, test_ca, test_certificate,
};

const NUMBER: &str = "+12025550123";
const LIMIT: Duration = Duration::from_secs(20);
const LIMITS: &[&str] =
    &["kafka.request_timeout=20s", "redis.connect_timeout=20s", "redis.response_timeout=20s"];

/// `callwarden` on a machine that trusts `ca` instead of its usual ones, or the usual ones alone.
fn trusting(rig: &Rig, ca: Option<&str>, arguments: &[&str], settings: &[&str]) -> Command {
    let mut command = rig.with(arguments, settings);
    command.env_remove("SSL_CERT_FILE").env_remove("SSL_CERT_DIR");
    if let Some(ca) = ca {
        command.env("SSL_CERT_FILE", ca);
    }
    command
}

/// A command that has to give up, before its limits make it.
#[track_caller]
fn gives_up(rig: &Rig, arguments: &[&str], settings: &[&str]) -> Output {
    let settings: Vec<&str> = LIMITS.iter().chain(settings).copied().collect();
    let begun = Instant::now();
    let output = Program::start(&mut trusting(rig, None, arguments, &settings)).end(LIMIT);
    println!("tls: {arguments:?} after {:.1?}: {}", begun.elapsed(), output.words().join("\n"));
    output
}

/// Starts it, gives it a few attempts of one number, and expects them in Redis.
#[track_caller]
fn flows(rig: &Rig, program: &mut Command) {
    let mut program = Program::start(program);
    program.live();
    let producer = rig.producer();
    for index in 0..40 {
        let attempt = attempt(&format!("a{index}"), NUMBER, 1_767_625_200_000 + index * 60_000);
        producer.send(&rig.topic("attempts"), None, None, Some(to_json(&attempt).as_bytes()));
    }
    producer.flush();
    program.taken(40, SOON);
    rig.redis_shows(&Counts::of_topic(rig), SOON);
    assert_eq!(rig.redis().number("default", NUMBER)["attempts_24h"], "40");
    program.terminate();
}

#[test]
fn kafka_whose_ca_is_trusted() {
    for (address, login) in [(kafka_ssl(), false), (kafka_sasl_ssl(), true)] {
        let rig = Rig::new("ssl");
        let password = rig.dir.path().join("password");
        std::fs::write(&password, "right-password\n").unwrap();
        let mut settings = vec![
            format!("kafka.bootstrap.servers={address}"),
            format!("kafka.security.protocol={}", if login { "SASL_SSL" } else { "SSL" }),
            format!("kafka.ssl.ca.location={}", test_ca()),
        ];
        if login {
            settings.push("kafka.sasl.mechanism=PLAIN".to_owned());
            settings.push("kafka.sasl.username=callwarden".to_owned());
            settings.push(format!("kafka.sasl.password_file={}", password.display()));
        }
        let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
        let created = Program::start(&mut trusting(&rig, None, &["topics", "create"], &settings)).end(SOON);
        assert_eq!(created.code, Some(0), "{created:?}");
        flows(&rig, &mut trusting(&rig, None, &["run"], &settings));
    }
}

#[test]
fn kafka_whose_ca_is_not_trusted() {
    let rig = Rig::new("badssl");
    rig.create_topics(1);
    let address = kafka_ssl();
    let server = format!("kafka.bootstrap.servers={address}");
    for arguments in [&["topics", "create"][..], &["run"]] {
        says(
            &gives_up(&rig, arguments, &[&server, "kafka.security.protocol=SSL"]),
            &["certificate of Kafka", &address, "not trusted"],
            &["ssl.ca.location"],
        );
    }
    // The right CA, at a place where it isn't.
    let absent = "kafka.ssl.ca.location=/nowhere/ca.pem";
    says(
        &gives_up(&rig, &["run"], &[&server, "kafka.security.protocol=SSL", absent]),
        &["ssl.ca.location", "[kafka]"],
        &["cannot be read"],
    );
}

#[test]
fn kafka_and_we_disagree_about_tls() {
    let rig = Rig::new("halfssl");
    rig.create_topics(1);
    for (address, protocol) in [(kafka_ssl(), "PLAINTEXT"), (rig.kafka.clone(), "SSL")] {
        let server = format!("kafka.bootstrap.servers={address}");
        let protocol = format!("kafka.security.protocol={protocol}");
        says(
            &gives_up(&rig, &["run"], &["kafka.request_timeout=2s", &server, &protocol]),
            &["Kafka", &address],
            &["security.protocol"],
        );
    }
}

/// A server that speaks TLS at the address given back, and plainly at its own.
fn tls_redis() -> (OwnRedis, String) {
    let (port, ca, certificate) = (free_port(), test_ca(), test_certificate());
    let server = OwnRedis::start(
        &redis_server(),
        &[
            &["--tls-port", &port.to_string(), "--tls-auth-clients", "no"][..],
            &["--tls-cert-file", &certificate, "--tls-key-file", &certificate, "--tls-ca-cert-file", &ca],
        ]
        .concat(),
    );
    (server, format!("127.0.0.1:{port}"))
}

#[test]
fn redis_whose_ca_is_trusted() {
    let (server, address) = tls_redis();
    let mut rig = Rig::new("rediss");
    rig.redis_url = server.url();
    rig.create_topics(1);
    let (ca, url) = (test_ca(), format!("redis.url=rediss://{address}/0"));
    flows(&rig, &mut trusting(&rig, Some(&ca), &["run"], &[&url]));
    let show =
        Program::start(&mut trusting(&rig, Some(&ca), &["numbers", "show", NUMBER], &[&url])).end(SOON);
    assert_eq!(show.code, Some(0), "{show:?}");
    assert!(show.stdout.contains(NUMBER), "{show:?}");
}

#[test]
fn redis_whose_ca_is_not_trusted() {
    let (server, address) = tls_redis();
    let mut rig = Rig::new("badrediss");
    rig.redis_url = server.url();
    rig.create_topics(1);
    let url = format!("redis.url=rediss://{address}/0");
    for arguments in [&["run"][..], &["numbers", "show", NUMBER]] {
        says(
            &gives_up(&rig, arguments, &[&url]),
            &["certificate of Redis", &address, "not trusted", "certificate chain"],
            &["SSL_CERT_FILE"],
        );
    }
}

#[test]
fn redis_and_we_disagree_about_tls() {
    let (server, address) = tls_redis();
    let mut rig = Rig::new("halfrediss");
    rig.redis_url = server.url();
    rig.create_topics(1);
    for (address, scheme) in [(address, "redis"), (server.address(), "rediss")] {
        let url = format!("redis.url={scheme}://{address}/0");
        says(
            &gives_up(&rig, &["run"], &["redis.connect_timeout=2s", &url]),
            &["Redis", &address],
            &["redis.url", "rediss://"],
        );
    }
}
