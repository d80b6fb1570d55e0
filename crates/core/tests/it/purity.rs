//! What the core may link. Its own calls are linted (`clippy.toml` beside its `Cargo.toml`); this keeps out what would come
//! in by a dependency: a clock, randomness, a serializer, a runtime.

use std::collections::BTreeSet;
use std::process::Command;

/// By name, with why each is pure.
const ALLOWED: [(&str, &str); 5] = [
    ("foldhash", "a hash function; used with its fixed seed only"),
    ("indexmap", "a map whose order is that of insertion"),
    ("libm", "mathematics that is the same on every platform"),
    ("equivalent", "a trait, of indexmap"),
    ("hashbrown", "the table under indexmap, without a hasher of its own"),
];

#[test]
fn the_manifest_names_three_dependencies() {
    let manifest = include_str!("../../Cargo.toml");
    let mut section = "";
    let mut found = BTreeSet::new();
    for line in manifest.lines().map(str::trim).filter(|line| !line.starts_with('#') && !line.is_empty()) {
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_matches(['[', ']']);
            assert!(
                !section.contains("build-dependencies") && !section.starts_with("target"),
                "[{section}] in crates/core/Cargo.toml: the core is built of {ALLOWED:?} and nothing else"
            );
        } else if section == "dependencies" {
            found.insert(line.split(['.', ' ', '=']).next().unwrap());
        }
        assert!(!section.starts_with("dependencies."), "name dependencies in [dependencies], one a line");
    }
    assert_eq!(found, BTreeSet::from(["foldhash", "indexmap", "libm"]), "dependencies of the core");
}

#[test]
fn nothing_else_comes_in_behind_them() {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--package", "callwarden-core", "--edges", "normal,build"])
        .args(["--target", "all", "--prefix", "none", "--format", "{p}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let listed = String::from_utf8(tree.stdout).unwrap();
    assert!(tree.status.success(), "cargo tree: {}", String::from_utf8_lossy(&tree.stderr));
    let names: BTreeSet<&str> = listed.lines().filter_map(|line| line.split(' ').next()).collect();
    let allowed: BTreeSet<&str> = ALLOWED.iter().map(|(name, _)| *name).chain(["callwarden-core"]).collect();
    assert_eq!(names, allowed, "what the core links (left) and what it may (right)");
}
