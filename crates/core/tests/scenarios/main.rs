//! Runs every `tests/scenarios/*.scenario`: one file, one test. The language is explained in `tests/scenarios/README.md`.
//!
//! Beside what a file expects, each of its steps checks that a core restored from an export is the same and goes on the
//! same.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    reason = "tests have I/O"
)]

mod calendar;
mod parse;
mod render;
mod world;

use std::path::{Path, PathBuf};
use std::{env, fs};

use libtest_mimic::{Arguments, Failed, Trial};

use crate::world::World;

fn main() {
    let arguments = Arguments::from_args();
    let trials = scenarios().into_iter().map(|path| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        Trial::test(name, move || check(&path))
    });
    libtest_mimic::run(&arguments, trials.collect()).exit();
}

fn scenarios() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/scenarios");
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut found: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "scenario"))
        .collect();
    assert!(!found.is_empty(), "no scenario in {}", folder.display());
    found.sort();
    found
}

fn check(path: &Path) -> Result<(), Failed> {
    let before = fs::read_to_string(path)?;
    let now = rewritten(&before)?;
    if now == before {
        return Ok(());
    }
    if env::var_os("REWRITE").is_some() {
        return Ok(fs::write(path, now)?);
    }
    Err(difference(&before, &now).into())
}

/// The same script with what the core says now under each directive.
fn rewritten(text: &str) -> Result<String, String> {
    let mut world = World::default();
    let mut now = String::new();
    for (n, line) in text.lines().enumerate() {
        if line.starts_with("  ") {
            continue;
        }
        now.push_str(line.trim_end());
        now.push('\n');
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let directive = parse::directive(line).map_err(|why| format!("line {}: {line}\n{why}", n + 1))?;
        for said in world.carry_out(directive).map_err(|why| format!("line {}: {line}\n{why}", n + 1))? {
            now.push_str("  ");
            now.push_str(&said);
            now.push('\n');
        }
    }
    Ok(now)
}

/// The lines around the first that differs.
fn difference(before: &str, now: &str) -> String {
    let first = before.lines().zip(now.lines()).take_while(|(a, b)| a == b).count();
    let part = |text: &str| {
        let lines: Vec<&str> = text.lines().skip(first.saturating_sub(2)).take(8).collect();
        lines.join("\n")
    };
    format!("from line {} on expected:\n{}\n\nbut now:\n{}\n", first + 1, part(before), part(now))
}
