//! The five-minute tour of the README, taken by a test: a shell runs what stands there, and what stands below each block is
//! what comes out. Whatever a reader is promised there, `kcat` and `redis-cli` show it.
//!
//! In README.md a line `<!-- tour -->` marks a block of `sh`; a block of `text` that follows it, before any other block, is
//! its output: lines that have to come in this order, `…` standing for anything. All marked blocks are one session. They
//! find Kafka (`host:port`) in `$KAFKA` and Redis (a URL) in `$REDIS`.

use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::harness::{OwnRedis, Rig, eventually, free_port, redis_server};

const MARK: &str = "<!-- tour -->";
/// Five minutes are for people.
const TOUR_MAX: Duration = Duration::from_secs(120);

/// Commands of the tour, and the lines that it promises.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tour {
    script: String,
    promised: Vec<String>,
}

/// Reads the blocks.
fn tour(readme: &str) -> Result<Tour, String> {
    enum Next {
        Anything,
        Script,
        Output,
    }
    let mut tour = Tour::default();
    let mut next = Next::Anything;
    let mut lines = readme.lines().enumerate();
    while let Some((place, line)) = lines.next() {
        if line.trim() == MARK {
            next = Next::Script;
            continue;
        }
        let Some(language) = line.strip_prefix("```") else { continue };
        let mut block = Vec::new();
        loop {
            match lines.next() {
                Some((_, "```")) => break,
                Some((_, line)) => block.push(line),
                None => return Err(format!("line {}: the block has no end", place + 1)),
            }
        }
        next = match (next, language.trim()) {
            (Next::Script, "sh") => {
                block.iter().for_each(|line| tour.script.extend([line, "\n"]));
                Next::Output
            }
            (Next::Script, other) => {
                return Err(format!("line {}: {MARK} before a block of {other:?}", place + 1));
            }
            (Next::Output, "text") => {
                tour.promised
                    .extend(block.iter().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()));
                Next::Anything
            }
            (Next::Output | Next::Anything, _) => Next::Anything,
        };
    }
    if tour.script.is_empty() || tour.promised.is_empty() {
        return Err(format!("no block of sh after {MARK}, or none of text after that"));
    }
    Ok(tour)
}

/// The first promised line that does not come.
fn broken<'a>(promised: &'a [String], output: &str) -> Option<&'a str> {
    let mut lines = output.lines();
    promised.iter().map(String::as_str).find(|wanted| !lines.any(|line| fits(wanted, line.trim())))
}

/// Whether a line is what is promised, `…` standing for anything.
fn fits(wanted: &str, line: &str) -> bool {
    let mut parts = wanted.split('…');
    let Some(mut rest) = parts.next().and_then(|first| line.strip_prefix(first)) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

const TOPICS: [&str; 4] = ["attempts", "commands", "journal", "dead-letters"];

/// The commands with this test's names in place of the defaults, which on a shared broker are somebody's.
fn placed(script: &str, prefix: &str, http: &str) -> String {
    let script = script.replace("127.0.0.1:9464", http).replace("localhost:9464", http);
    TOPICS.iter().fold(script, |script, topic| {
        script.replace(&format!("callwarden.{topic}"), &format!("{prefix}.{topic}"))
    })
}

/// The output with the defaults again, as the README shows it.
fn back(output: &str, prefix: &str) -> String {
    output.replace(&format!("{prefix}."), "callwarden.")
}

#[test]
fn the_tour_of_the_readme_shows_what_it_promises() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let readme = std::fs::read_to_string(&readme).unwrap_or_else(|error| panic!("README.md: {error}"));
    let tour = tour(&readme).unwrap_or_else(|wrong| panic!("README.md: {wrong}"));

    let server = OwnRedis::start(&redis_server(), &[]);
    let rig = Rig::new("tour");
    let http = format!("127.0.0.1:{}", free_port());
    let binary = Path::new(env!("CARGO_BIN_EXE_callwarden")).parent().unwrap();
    let path = std::env::var("PATH").unwrap();
    let said = std::fs::File::create(rig.dir.path().join("said")).unwrap();
    let mut bash = Command::new("bash");
    bash.args(["-eu", "-o", "pipefail", "-c", &placed(&tour.script, &rig.prefix, &http)]);
    bash.current_dir(rig.dir.path()).stdin(Stdio::null());
    bash.stdout(said.try_clone().unwrap()).stderr(said);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CALLWARDEN_"))
    {
        bash.env_remove(name);
    }
    bash.env("KAFKA", &rig.kafka).env("REDIS", server.url());
    bash.env("PATH", format!("{}:{path}", binary.display()));
    bash.env("CALLWARDEN_KAFKA_TOPIC_PREFIX", format!("{}.", rig.prefix))
        .env("CALLWARDEN_HTTP_LISTEN", &http);
    // What it starts in the background is in its group, and goes with it.
    let mut session = Group(bash.process_group(0).spawn().unwrap());
    let output = || std::fs::read_to_string(rig.dir.path().join("said")).unwrap();
    let status =
        eventually("the end of the tour", TOUR_MAX, || session.0.try_wait().unwrap().ok_or_else(output));
    assert!(status.success(), "{status}:\n{}", output());
    let output = back(&output(), &rig.prefix);
    println!("{output}");
    assert_eq!(broken(&tour.promised, &output), None, "a promised line that did not come; output:\n{output}");
}

/// A process and all that it started.
struct Group(std::process::Child);

impl Drop for Group {
    fn drop(&mut self) {
        let group = format!("kill -KILL -- -{}", self.0.id());
        let _ = Command::new("bash").args(["-c", &group]).stderr(Stdio::null()).status();
        let _ = self.0.wait();
    }
}

#[test]
fn the_tour_is_read_from_its_marked_blocks() {
    let readme = "# Title\n```sh\nrm -rf never\n```\ntext\n<!-- tour -->\n```sh\none\n  two\n```\nwords\n```text\n first …\n\n```\n\
                  ```text\nnot promised\n```\n<!-- tour -->\n\n```sh\nthree\n```\n```json\nnor this\n```\n";
    let tour = tour(readme).unwrap();
    assert_eq!(tour, Tour { script: "one\n  two\nthree\n".to_owned(), promised: vec!["first …".to_owned()] });
    for wrong in [
        "",
        "<!-- tour -->\n```text\na\n```\n",
        "<!-- tour -->\n```sh\na\n```\n",
        "<!-- tour -->\n```sh\na\n",
    ] {
        assert!(super::kcat_tour::tour(wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn promised_lines_come_in_order() {
    let promised = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    let output = "x\n  {\"id\":\"5f\",\"kind\":\"PAUSE\"}\nattempts_24h 12\ndone\n";
    assert_eq!(broken(&promised(&["{\"id\":\"…\",\"kind\":\"PAUSE\"}", "attempts_24h 12"]), output), None);
    assert_eq!(broken(&promised(&["…\"kind\"…"]), output), None);
    assert_eq!(broken(&promised(&["done", "x"]), output), Some("x"));
    assert_eq!(broken(&promised(&["attempts_24h 1"]), output), Some("attempts_24h 1"));
    assert_eq!(broken(&promised(&["attempts_24h …3"]), output), Some("attempts_24h …3"));
}

#[test]
fn the_tour_gets_names_of_its_own() {
    let script = "kcat -t callwarden.attempts && curl http://127.0.0.1:9464/metrics && callwarden run --set callwarden.x=1\n";
    let expected =
        "kcat -t p.attempts && curl http://127.0.0.1:1/metrics && callwarden run --set callwarden.x=1\n";
    assert_eq!(placed(script, "p", "127.0.0.1:1"), expected);
}
