//! The committed code in `src/generated` is what the protos give today. `UPDATE=1 cargo test -p callwarden-wire --test
//! generated` writes it anew.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const PROTOS: [&str; 3] =
    ["callwarden/v1/attempt.proto", "callwarden/v1/command.proto", "callwarden/v1/journal.proto"];
const PACKAGE: &str = "callwarden.v1";

/// File name to content.
fn generate() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto");
    let descriptors = protox::compile(PROTOS, [root]).unwrap();

    let mut rust = prost_build::Config::new();
    rust.extern_path(".google.protobuf.Timestamp", "crate::Timestamp");
    let mut json = pbjson_build::Builder::new();
    json.extern_path(".google.protobuf.Timestamp", "crate::Timestamp")
        .preserve_proto_field_names()
        .ignore_unknown_fields()
        .ignore_unknown_enum_variants();
    let mut modules = Vec::new();
    for file in &descriptors.file {
        modules.push((prost_build::Module::from_protobuf_package_name(file.package()), file.clone()));
        json.register_file_descriptor(file.clone());
    }

    let mut files = BTreeMap::new();
    for (module, content) in rust.generate(modules).unwrap() {
        if module == prost_build::Module::from_protobuf_package_name(PACKAGE) {
            files.insert(format!("{PACKAGE}.rs"), content);
        }
    }
    for (package, content) in json.generate(&[format!(".{PACKAGE}")], |_| Ok(Vec::new())).unwrap() {
        files.insert(format!("{package}.serde.rs"), tolerant(&String::from_utf8(content).unwrap()));
    }
    files
}

/// Three things that proto3 JSON and the contract ask for and pbjson has no option for: `null` is an absent field of any
/// type; an enum's integer beyond 32 bits is an unknown one like any other; an unknown integer is written as such.
fn tolerant(code: &str) -> String {
    let code = replace(code, "Some(map_.next_value()?)", "map_.next_value()?");
    let code = replace(&code, "x.try_into().ok().or_else", "x.try_into().ok()).or_else");
    let code = replace(&code, "::default())))\n", "::default()))\n");
    let mut lines = String::with_capacity(code.len());
    let mut enum_field = None;
    for line in code.lines() {
        if let Some((head, (kind, suffix))) = split(line, "Some(map_.next_value::<", ">()?")
            && !kind.starts_with("Vec<")
        {
            lines += &format!("{head}map_.next_value::<Option<{kind}>>()?.map(|x| x{suffix}");
        } else if let Some((head, (field, _))) =
            split(line, ".map_err(|_| serde::ser::Error::custom(format!(\"Invalid variant {}\", ", "))")
        {
            enum_field = Some(field.to_owned());
            lines += &format!("{head};");
        } else if let Some((head, (call, _))) = split(line, "struct_ser.serialize_field(", ", &v)?;")
            && let Some(field) = enum_field.take()
        {
            lines += &format!("{head}match v {{\n");
            lines += &format!("{head}    Ok(v) => struct_ser.serialize_field({call}, &v)?,\n");
            lines += &format!("{head}    Err(_) => struct_ser.serialize_field({call}, &{field})?,\n");
            lines += &format!("{head}}}");
        } else {
            lines += line;
        }
        lines.push('\n');
    }
    assert!(
        enum_field.is_none() && !lines.contains("Invalid variant") && !lines.contains("Some(map_.next_value")
    );
    lines
}

/// What stands before `open`, between it and `close`, and after that.
fn split<'a>(line: &'a str, open: &str, close: &str) -> Option<(&'a str, (&'a str, &'a str))> {
    let (head, tail) = line.split_once(open)?;
    Some((head, tail.split_once(close)?))
}

fn replace(code: &str, from: &str, to: &str) -> String {
    assert!(code.contains(from), "pbjson no longer writes {from}: see what it writes instead");
    code.replace(from, to)
}

#[test]
fn the_committed_code_is_fresh() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/generated");
    for (name, content) in generate() {
        let path = folder.join(&name);
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&path, &content).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == content,
            "{name} is stale: run UPDATE=1 cargo test -p callwarden-wire --test generated"
        );
    }
}
