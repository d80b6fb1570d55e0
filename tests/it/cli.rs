//! The commands beside `run`, as a person at a terminal or a script would use them.

use std::io::Write as _;

use callwarden_sim::{World, WorldConfig};
use callwarden_wire::{to_json, v1};
use prost::Message as _;

use crate::harness::{Program, Rig, SOON, attempt, eventually, unless};

const STARTED_MS: i64 = 1_767_623_400_000;

#[test]
fn every_command_explains_itself_with_an_example() {
    let rig = Rig::new("help");
    for command in [
        &["run"][..],
        &["demo"],
        &["replay"],
        &["numbers", "show"],
        &["topics", "create"],
        &["config", "check"],
        &["config", "show"],
    ] {
        let arguments: Vec<&str> = command.iter().copied().chain(["--help"]).collect();
        let output = rig.run(&arguments, &[]);
        assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""), "{command:?}");
        let example = format!("callwarden {}", command.join(" "));
        assert!(output.stdout.contains("Example") && output.stdout.contains(&example), "{}", output.stdout);
    }
    let output = rig.run(&["--help"], &[]);
    assert!(
        output.stdout.contains("First steps") && output.stdout.contains("Exit codes"),
        "{}",
        output.stdout
    );
    assert!(rig.run(&["--version"], &[]).stdout.starts_with("callwarden 0."));
    let output = rig.run(&["rum"], &[]);
    assert_eq!(output.code, Some(2), "{output:?}");
    assert!(output.stderr.contains("run"), "it says what was meant: {}", output.stderr);
}

#[test]
fn config_check_and_show() {
    let rig = Rig::new("cfg");
    let file = rig.dir.path().join("callwarden.toml");
    std::fs::write(&file, "mode = \"enforce\"\n[redis]\npassword = \"s3cret\"\n[caps]\nper_hour = 77\n")
        .unwrap();
    let output = rig.run(&["config", "check"], &[]);
    assert_eq!(output.code, Some(0), "{output:?}");
    assert!(output.stdout.contains("good") && output.stdout.contains("enforce"), "{}", output.stdout);
    assert!(
        output.stdout.contains(&rig.topic("attempts")) && output.stdout.contains(&rig.kafka),
        "{}",
        output.stdout
    );

    let mut command = rig.with(&["config", "show"], &["caps.per_day=500"]);
    command.env("CALLWARDEN_COMMIT_INTERVAL", "50ms").env("CALLWARDEN_REDIS_USERNAME", "warden");
    let output = Program::start(&mut command).end(SOON);
    assert_eq!(output.code, Some(0), "{output:?}");
    let line = |key: &str| {
        let mut lines = output.stdout.lines().filter(|line| line.split_whitespace().next() == Some(key));
        lines.next().unwrap_or_else(|| panic!("no {key} in\n{}", output.stdout))
    };
    for (key, value, origin) in [
        ("mode", "enforce", "callwarden.toml:1"),
        ("redis.password", "***", "callwarden.toml:3"),
        ("caps.per_hour", "77", "callwarden.toml:5"),
        ("commit.interval", "50ms", "CALLWARDEN_COMMIT_INTERVAL"),
        ("redis.username", "warden", "CALLWARDEN_REDIS_USERNAME"),
        ("caps.per_day", "500", "--set"),
        ("snapshot.interval", "1s", "default"),
    ] {
        assert!(line(key).contains(value) && line(key).contains(origin), "{:?}", line(key));
    }
    assert!(!output.stdout.contains("s3cret"), "{}", output.stdout);

    let output = rig.run(&["config", "show", "--json"], &[]);
    let json: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    assert!(json.to_string().contains("per_hour") && !json.to_string().contains("s3cret"), "{json}");

    // The reference is a configuration itself, and changes nothing.
    let output = rig.run(&["config", "show", "--reference"], &[]);
    assert_eq!(output.code, Some(0), "{output:?}");
    std::fs::write(&file, &output.stdout).unwrap();
    let output = rig.run(&["config", "check"], &[]);
    assert_eq!(output.code, Some(0), "{output:?}");
}

#[test]
fn topics_are_created_once_and_compared_after_that() {
    let rig = Rig::new("topics");
    let names = ["attempts", "commands", "journal", "dead-letters"].map(|name| rig.topic(name));
    let lines = |partitions: &str| {
        let output = rig.run(&["topics", "create", "--partitions", partitions], &[]);
        assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""), "{output:?}");
        let lines: Vec<String> = output.stdout.lines().map(str::to_owned).collect();
        for name in &names {
            assert!(lines.iter().any(|line| line.contains(name.as_str())), "{name} in {lines:#?}");
        }
        lines
    };
    let made = lines("3");
    assert!(made.iter().all(|line| line.contains("created")), "{made:#?}");
    let again = lines("3");
    assert_eq!(again.len(), 5, "{again:#?}");
    assert!(again.iter().all(|line| line.contains("exists")), "{again:#?}");
    let other = lines("5");
    let attempts = other.iter().position(|line| line.contains(&names[0])).unwrap();
    let told = other[attempts..].join(" ");
    assert!(told.contains('3') && told.contains('5') && told.contains("partitions"), "{other:#?}");
}

#[test]
fn numbers_are_shown_to_people_and_to_scripts() {
    let rig = Rig::new("show");
    rig.create_topics(1);
    let producer = rig.producer();
    for (call, fleet) in [(0, ""), (1, ""), (2, ""), (0, "acme")] {
        let attempt = v1::CallAttempt {
            fleet: fleet.to_owned(),
            ..attempt(&format!("{fleet}{call}"), "+12025550123", STARTED_MS + 60_000 * call)
        };
        producer.send(&rig.topic("attempts"), None, None, Some(&attempt.encode_to_vec()));
    }
    producer.flush();
    let mut program = rig.start(&["snapshot.interval=50ms"]);
    program.live();
    program.taken(4, SOON);
    eventually("the number is in Redis", SOON, || {
        let output = rig.run(&["numbers", "show", "+12025550123"], &[]);
        unless(output.code == Some(0) && output.stdout.contains("attempts_24h"), || format!("{output:?}"))
    });
    let output = rig.run(&["numbers", "show", "+12025550123"], &[]);
    assert!(output.stdout.starts_with("+12025550123 of fleet default\n"), "{}", output.stdout);
    let shown = |field: &str, value: &str| {
        let line = output.stdout.lines().find(|line| line.split_whitespace().next() == Some(field));
        let line = line.unwrap_or_else(|| panic!("no {field} in\n{}", output.stdout));
        assert_eq!(line.split_whitespace().nth(1), Some(value), "{line}");
    };
    shown("state", "active");
    shown("as_of", "2026-01-05T14:32:00Z");
    shown("attempts_1m", "1");
    shown("attempts_1h", "3");
    shown("answers_24h", "3");
    shown("talk_seconds_24h", "183");
    shown("answer_rate_24h", "1.0000");

    let output = rig.run(&["numbers", "show", "--fleet", "acme", "--json", "+12025550123"], &[]);
    assert_eq!(output.code, Some(0), "{output:?}");
    let json: serde_json::Value = serde_json::from_str(output.stdout.trim()).unwrap();
    assert_eq!((&json["attempts_24h"], &json["state"]), (&1.into(), &"active".into()), "{json}");
    assert_eq!((&json["number"], &json["fleet"]), (&"+12025550123".into(), &"acme".into()), "{json}");
    assert!(json["expected_rate"].is_null(), "unknown is not a text: {json}");
    program.terminate();

    let output = rig.run(&["numbers", "show", "+12025550124"], &[]);
    assert_eq!((output.code, output.stdout.as_str()), (Some(1), ""), "{output:?}");
    assert!(output.words()[0].contains("+12025550124") && output.words()[1].contains("hint: "), "{output:?}");
    let output = rig.run(&["numbers", "show", "2025550123"], &[]);
    assert_eq!(output.code, Some(2), "{output:?}");
    assert!(output.stderr.contains("E.164"), "{output:?}");
}

/// A world as lines of JSON, with a line in it that is none.
fn history() -> Vec<u8> {
    let config = WorldConfig {
        seed: 21,
        numbers: 40,
        attempts_per_number: 2_500,
        labelled: 3,
        hot: 1,
        duplicates: 0.01,
        ..WorldConfig::default()
    };
    let mut text = Vec::new();
    for attempt in World::new(config).unwrap() {
        writeln!(text, "{}", to_json(&attempt.to_proto())).unwrap();
    }
    text.extend_from_slice(b"this is no attempt\n\n");
    text
}

#[test]
fn replay_gives_the_same_bytes_however_the_history_is_packed() {
    let rig = Rig::new("replay");
    let history = history();
    let path = |name: &str| rig.dir.path().join(name);
    std::fs::write(path("plain.ndjson"), &history).unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&history).unwrap();
    std::fs::write(path("packed.gz"), gzip.finish().unwrap()).unwrap();
    std::fs::write(path("packed.zst"), zstd::encode_all(history.as_slice(), 1).unwrap()).unwrap();
    // Cut between two lines: the files together are the history.
    let half =
        history.len() / 2 + history[history.len() / 2..].iter().position(|byte| *byte == b'\n').unwrap() + 1;
    std::fs::write(path("first.ndjson"), &history[..half]).unwrap();
    std::fs::write(path("second.ndjson"), &history[half..]).unwrap();

    let plain = rig.run(&["replay", "plain.ndjson"], &[]);
    assert_eq!(plain.code, Some(0), "{plain:?}");
    let decisions: Vec<v1::Command> =
        plain.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let paused = decisions.iter().filter(|command| command.kind() == v1::CommandKind::PauseNumber);
    assert!(paused.count() >= 3, "three labelled numbers are paused: {}", plain.stdout);
    assert!(plain.stderr.contains("1 unreadable"), "{}", plain.stderr);
    assert!(plain.stderr.contains("plain.ndjson:"), "the place of the line: {}", plain.stderr);

    for arguments in
        [&["plain.ndjson"][..], &["packed.gz"], &["packed.zst"], &["first.ndjson", "second.ndjson"]]
    {
        let arguments: Vec<&str> = ["replay"].iter().chain(arguments).copied().collect();
        let output = rig.run(&arguments, &[]);
        assert_eq!(output.code, Some(0), "{arguments:?}: {}", output.stderr);
        assert!(output.stdout == plain.stdout, "{arguments:?} says something else");
    }
    for (name, bytes) in
        [("plain.ndjson", &history), ("packed.zst", &std::fs::read(path("packed.zst")).unwrap())]
    {
        let mut program = Program::start(&mut rig.command(&["replay", "-"]));
        program.feed(bytes);
        let output = program.end(SOON);
        assert_eq!(output.code, Some(0), "{}", output.stderr);
        assert!(output.stdout == plain.stdout, "{name} on standard input says something else");
    }

    let output = rig.run(&["replay", "nothing.ndjson"], &[]);
    assert_eq!(output.code, Some(1), "{output:?}");
    assert!(output.stderr.contains("nothing.ndjson"), "{output:?}");

    std::fs::write(rig.dir.path().join("pretty.json"), "{\n  \"attempt_id\": \"a\"\n}\n").unwrap();
    let output = rig.run(&["replay", "pretty.json"], &[]);
    assert_eq!(output.code, Some(1), "{output:?}");
    assert!(output.stderr.contains("one whole JSON object on this line"), "{}", output.stderr);
    assert!(output.stderr.contains("not a single line could be read"), "{}", output.stderr);
    let output = rig.run(&["replay", "--as-of", "yesterday", "pretty.json"], &[]);
    assert_eq!(output.code, Some(2), "{output:?}");
}

#[test]
fn replay_of_a_past_moment_ignores_what_was_the_future_then() {
    let rig = Rig::new("asof");
    let line = |id: &str, at: i64| to_json(&attempt(id, "+12025550123", at)) + "\n";
    let text = line("a", STARTED_MS) + &line("b", STARTED_MS + 86_400_000);
    std::fs::write(rig.dir.path().join("two.ndjson"), text).unwrap();
    let output = rig.run(&["replay", "--as-of", "2026-01-05T15:00:00Z", "two.ndjson"], &[]);
    assert_eq!(output.code, Some(0), "{output:?}");
    assert!(output.stderr.contains("attempts counted 1, numbers 1, decisions 0"), "{}", output.stderr);
    assert!(output.stderr.contains("1 from the future"), "{}", output.stderr);
}

#[test]
fn standalone_is_a_pipe() {
    let rig = Rig::new("pipe");
    let mut program = Program::start(&mut rig.command(&["run", "--standalone", "--mode", "enforce"]));
    for call in 0..11 {
        let attempt = attempt(&format!("call-{call}"), "+12025550123", STARTED_MS);
        program.write((to_json(&attempt) + "\n").as_bytes());
    }
    // The command comes while the pipe is open.
    let line = eventually("the command", SOON, || {
        let out = program.stdout();
        out.strip_suffix('\n').map(str::to_owned).ok_or_else(|| format!("{out:?} {}", program.stderr()))
    });
    let command: v1::Command = serde_json::from_str(&line).unwrap();
    assert_eq!((command.kind(), command.mode()), (v1::CommandKind::ReduceVolume, v1::Mode::Enforce));
    assert_eq!(command.number, "+12025550123");
    program.write(b"not an attempt\n");
    let output = program.end(SOON);
    assert_eq!(output.code, Some(0), "{output:?}");
    assert_eq!(output.stdout.lines().count(), 1, "{}", output.stdout);
    assert!(output.stderr.contains("unreadable"), "{}", output.stderr);

    // In mode observe nothing is ordered, and a signal ends it while it waits.
    let mut program = Program::start(&mut rig.command(&["run", "--standalone"]));
    for call in 0..11 {
        program.write(
            (to_json(&attempt(&format!("call-{call}"), "+12025550123", STARTED_MS)) + "\n").as_bytes(),
        );
    }
    program.logged("decided", SOON);
    program.signal("TERM");
    let status = eventually("the end", SOON, || program.poll().ok_or_else(|| "it runs".to_owned()));
    assert_eq!((status.code(), program.stdout().as_str()), (Some(0), ""));
}

/// Attempts of one number within a minute, as lines: the eleventh is one too many.
fn a_busy_minute(calls: u32) -> Vec<u8> {
    let line = |call| to_json(&attempt(&format!("call-{call}"), "+12025550123", STARTED_MS)) + "\n";
    (0..calls).map(line).collect::<String>().into_bytes()
}

#[test]
fn standalone_tells_the_line_however_many_are_blank() {
    let rig = Rig::new("line");
    let mut program = Program::start(&mut rig.command(&["run", "--standalone", "--mode", "enforce"]));
    program.feed(
        &[b"\xef\xbb\xbf", &a_busy_minute(1)[..], b"\n\n\nnot an attempt\n\n", &a_busy_minute(11)].concat(),
    );
    let output = program.end(SOON);
    assert_eq!(output.code, Some(0), "{output:?}");
    let command: v1::Command = serde_json::from_str(output.stdout.trim()).unwrap();
    assert_eq!(command.cause.unwrap().offset, 16, "counted from 0");
    let line = output.stderr.lines().find(|line| line.contains("unreadable")).unwrap();
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!(line["line"], 5, "counted from 1");
    assert!(output.stderr.contains("1 unreadable"), "the byte order mark is none of it: {}", output.stderr);
}

#[test]
fn standalone_decides_on_what_came_before_the_damage() {
    let rig = Rig::new("damage");
    let pack = |text: &[u8]| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(text).unwrap();
        gzip.finish().unwrap()
    };
    let mut packed = pack(&a_busy_minute(11));
    packed.extend(&pack(&a_busy_minute(99))[..30]);
    let mut program = Program::start(&mut rig.command(&["run", "--standalone", "--mode", "enforce"]));
    program.feed(&packed);
    let output = program.end(SOON);
    assert_eq!(output.code, Some(1), "{output:?}");
    assert_eq!(output.stdout.lines().count(), 1, "the command is written all the same: {output:?}");
    assert!(output.words().last().unwrap().starts_with("callwarden: standard input: "), "{output:?}");
}

#[test]
fn last_words_are_of_the_form_of_the_log() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = format!("http.listen={}", taken.local_addr().unwrap());
    let rig = Rig::new("lastwords");
    let output = rig.run(&["run"], &[&listen, "log.format=text"]);
    assert_eq!(output.code, Some(1), "{output:?}");
    let lines: Vec<&str> = output.stderr.lines().collect();
    assert_eq!(lines.len(), 2, "{lines:#?}");
    assert!(
        lines[0].starts_with("callwarden: cannot listen on ") && lines[1].starts_with("  hint: "),
        "{lines:#?}"
    );

    let output = rig.run(&["run"], &[&listen, "log.format=json", "log.level=error"]);
    assert_eq!(output.code, Some(1), "{output:?}");
    let line: serde_json::Value =
        serde_json::from_str(&output.stderr).expect("one object and nothing beside it");
    assert_eq!((&line["level"], &line["message"]), (&"ERROR".into(), &"failed".into()), "{line}");
    assert!(line["error"].as_str().unwrap().starts_with("cannot listen on "), "{line}");
    assert!(line["hint"].as_str().unwrap().contains("http.listen"), "{line}");
}

#[test]
fn a_reader_of_commands_that_goes_is_no_error() {
    let rig = Rig::new("headlive");
    let mut run = rig.command(&["run", "--standalone", "--mode", "enforce", "--set", "log.level=warn"]);
    let pipe = std::process::Stdio::piped;
    let mut child = run.stdin(pipe()).stdout(pipe()).stderr(pipe()).spawn().unwrap();
    drop(child.stdout.take());
    // Its input stays open: it is the reader's going that ends it.
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(&a_busy_minute(11)).unwrap();
    let ended = crate::harness::eventually("the end", SOON, || {
        child.try_wait().unwrap().ok_or_else(|| "it runs".to_owned())
    });
    let mut words = String::new();
    std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut words).unwrap();
    assert!(ended.success(), "{ended}: {words}");
    assert_eq!(words, "");
}

#[test]
fn a_reader_that_goes_is_no_error() {
    let rig = Rig::new("head");
    std::fs::write(rig.dir.path().join("plain.ndjson"), history()).unwrap();
    let mut replay = rig.command(&["replay", "plain.ndjson"]);
    let mut child =
        replay.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{}: {words}", output.status);
    assert!(!words.contains("roken pipe") && !words.contains("panicked"), "{words}");
}
