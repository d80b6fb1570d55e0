//! The configuration for people and for machines: what is in force and why (`config show`), and all that there is to
//! set (`config show --defaults`).

use serde_json::json;

use super::kafka::BOOTSTRAP_DEFAULT;
use super::names::{FILE_SUFFIX, env_name};
use super::problem::Origin;
use super::schema::SECTIONS;
use super::section::{Key, Secrecy};

/// One key that is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// As it was written: with `_file` when a file holds the value.
    pub(crate) key: String,
    /// As text; `***` for a secret.
    pub(crate) value: String,
    /// Who said so.
    pub(crate) origin: Origin,
}

/// Three columns: key, value, origin.
pub(crate) fn render_text(rows: &[Row]) -> String {
    let width = |text: fn(&Row) -> &str| rows.iter().map(|row| text(row).chars().count()).max().unwrap_or(0);
    let (keys, values) = (width(|row| &row.key), width(|row| &row.value).min(60));
    let mut text = String::new();
    for Row { key, value, origin } in rows {
        let value = if value.is_empty() { "-" } else { value };
        text += &format!("{key:keys$}  {value:values$}  {origin}\n");
    }
    text
}

/// A list of `{"key", "value", "origin"}`; the origin is `{"kind": "default"}`, or has the `path` and `line` of a file
/// or the `name` of a variable or flag.
pub(crate) fn render_json(rows: &[Row]) -> serde_json::Value {
    let origin = |origin: &Origin| match origin {
        Origin::Default => json!({"kind": "default"}),
        Origin::File { path, line } => json!({"kind": "file", "path": path.to_string_lossy(), "line": line}),
        Origin::Env { name } => json!({"kind": "environment", "name": name}),
        Origin::Flag { name } => json!({"kind": "flag", "name": name}),
    };
    rows.iter()
        .map(|row| json!({"key": row.key, "value": row.value, "origin": origin(&row.origin)}))
        .collect()
}

/// Every key with its meaning, bounds, variable and default, as a TOML file that can be started from.
pub(crate) fn reference() -> String {
    let mut text = String::from(
        "# Every key of callwarden with its default. A variable of the environment overrides the file, and a flag\n\
         # (--set section.key=value) overrides both.\n\n",
    );
    for (section, keys) in SECTIONS {
        let heading = match *section {
            "" => String::new(),
            "attempts" => "\n[[attempts]]\n".to_owned(),
            _ => format!("\n[{section}]\n"),
        };
        text += &heading;
        if *section == "kafka" {
            text += "# Any property of librdkafka passes through, with its name in quotes or dotted. Each may be given as\n\
                     # <property>_file = \"path\", and as CALLWARDEN_KAFKA_<PROPERTY_WITH_UNDERSCORES>.\n";
            text += &format!("bootstrap.servers = \"{BOOTSTRAP_DEFAULT}\"\n");
        }
        for key in *keys {
            describe(&mut text, key);
        }
    }
    text
}

fn describe(text: &mut String, key: &Key) {
    let name = if key.section == "attempts" { format!("attempts.0.{}", key.field) } else { key.name() };
    let file = match key.secrecy {
        Secrecy::Open => String::new(),
        Secrecy::Hidden | Secrecy::Url => format!(", or {}{FILE_SUFFIX} = \"path\"", key.field),
    };
    let quote = if key.bare { "" } else { "\"" };
    let Key { about, field, default, .. } = key;
    *text += &format!("#{about}\n# {}: {}{file}.\n", env_name(&name), key.expected());
    *text += &format!("{field} = {quote}{default}{quote}\n");
}
