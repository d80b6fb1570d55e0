//! What is wrong with JSON that does not fit: said after the fact, from a second reading.
//!
//! The parser's own words quote the offending value, and a callee's number may be in it. This names the field, what was
//! expected and of which type the value is, and shows a value only where the contract allows none that is private.

use serde_json::{Map, Value};

use crate::Timestamp;
use crate::unreadable::{Found, Unreadable, UnreadableReason as Reason};

/// What a field may hold. `null` is an absent field of any kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A string.
    Text,
    /// A string that is never shown, nor is what stands in its place.
    Secret,
    /// A name or number of an enum.
    Enum,
    /// RFC 3339.
    Time,
    /// An integer of 32 bits, also as a string.
    Integer,
    /// The same, from 0.
    Count,
    /// `true` or `false`.
    Truth,
}

/// The fault behind a parser's error.
pub(crate) fn diagnose(payload: &[u8], err: &serde_json::Error, fields: &[(&str, Kind)]) -> Unreadable {
    let at = format!("line {}, column {}", err.line(), err.column());
    if !err.is_data() {
        // Syntax errors quote nothing of the text.
        let text = err.to_string();
        let what = text.split_once(" at line ").map_or(text.as_str(), |(what, _)| what);
        return Unreadable::new(Reason::MalformedJson, format!("{what} ({at})"));
    }
    let object: Map<String, Value> = serde_json::from_slice(payload).unwrap_or_default();
    for &(name, kind) in fields {
        let camel = camel_case(name);
        for value in [object.get(name), object.get(&camel)].into_iter().flatten() {
            if let Some((reason, what)) = fault(kind, value) {
                return Unreadable::new(reason, format!("{name}: {what} ({at})"));
            }
        }
        if object.contains_key(name) && camel != name && object.contains_key(&camel) {
            return Unreadable::new(
                Reason::MalformedJson,
                format!("{name}: expected once, found twice ({at})"),
            );
        }
    }
    Unreadable::new(
        Reason::MalformedJson,
        format!("expected each field once and of its type, found otherwise ({at})"),
    )
}

fn fault(kind: Kind, value: &Value) -> Option<(Reason, String)> {
    let wrong_type =
        |expected: &str| Some((Reason::WrongType, format!("expected {expected}, found {}", type_of(value))));
    match (kind, value) {
        (_, Value::Null)
        | (Kind::Text | Kind::Secret | Kind::Enum, Value::String(_))
        | (Kind::Truth, Value::Bool(_)) => None,
        (Kind::Enum, Value::Number(number)) if number.is_i64() || number.is_u64() => None,
        (Kind::Time, Value::String(text)) => Timestamp::parse(text).is_none().then(|| {
            (Reason::BadTime, format!("expected a time such as 2026-11-24T09:30:00Z, found {}", Found(text)))
        }),
        (Kind::Integer, Value::Number(_) | Value::String(_)) => {
            not_within(value, i32::MIN.into(), i32::MAX.into())
        }
        (Kind::Count, Value::Number(_) | Value::String(_)) => not_within(value, 0, u32::MAX.into()),
        (Kind::Text | Kind::Secret, _) => wrong_type("a string"),
        (Kind::Enum, _) => wrong_type("a name of the enum"),
        (Kind::Time, _) => wrong_type("a time such as \"2026-11-24T09:30:00Z\""),
        (Kind::Integer | Kind::Count, _) => wrong_type("an integer"),
        (Kind::Truth, _) => wrong_type("true or false"),
    }
}

fn not_within(value: &Value, min: i64, max: i64) -> Option<(Reason, String)> {
    let integer = match value {
        Value::String(text) => text.parse().ok(),
        value => value.as_i64(),
    };
    let fits = integer.is_some_and(|integer: i64| (min..=max).contains(&integer));
    (!fits).then(|| {
        let found = match value {
            Value::String(text) => Found(text).to_string(),
            value => Found(&value.to_string()).to_string(),
        };
        (Reason::BadValue, format!("expected an integer from {min} to {max}, found {found}"))
    })
}

const fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// The name that proto3 JSON gives a field by default.
fn camel_case(name: &str) -> String {
    let mut camel = String::with_capacity(name.len());
    let mut upper = false;
    for c in name.chars() {
        if c == '_' {
            upper = true;
        } else {
            camel.push(if upper { c.to_ascii_uppercase() } else { c });
            upper = false;
        }
    }
    camel
}
