//! `callwarden numbers`.

use callwarden_core::Caller;
use callwarden_io::redis::{NumberFound, RedisStore};
use callwarden_wire::FIELDS;
use serde_json::{Map, Value};

use crate::cli::{Settings, ShowArgs};
use crate::printer::{Failure, Outcome, Printer};
use crate::wiring;

/// `numbers show`.
pub(crate) fn show(settings: &Settings, args: &ShowArgs, printer: &Printer) -> Outcome {
    let config = wiring::load(settings, Vec::new())?.config;
    let callers = args.numbers.iter().map(|text| parse(text)).collect::<Result<Vec<Caller>, Failure>>()?;
    let fleet = &args.fleet;
    let mut store = RedisStore::connect(&wiring::redis(&config), 0).map_err(Failure::new)?;
    let mut unknown = Vec::new();
    for (place, caller) in callers.into_iter().enumerate() {
        let Some(NumberFound { fields, .. }) = store.read_number(fleet, caller).map_err(Failure::new)? else {
            unknown.push(caller.clear().to_string());
            continue;
        };
        if args.json {
            let object: Map<String, Value> = fields
                .into_iter()
                .map(|(name, value)| {
                    let value = typed(&name, value);
                    (name, value)
                })
                .collect();
            printer.line(Value::Object(object))?;
            continue;
        }
        if place > 0 {
            printer.line("")?;
        }
        printer.line(format_args!("{} of fleet {fleet}", caller.clear()))?;
        for field in FIELDS {
            if let Some(value) = fields.get(field.name).filter(|value| !value.is_empty()) {
                printer.line(format_args!("  {:<20} {value:>22}  {}", field.name, field.doc))?;
            }
        }
    }
    if unknown.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "fleet {fleet} has no number {}\n  hint: a number appears with its first attempt, up to a second after its commit; \
         `--fleet` names another fleet",
        unknown.join(", ")
    )))
}

fn parse(text: &str) -> Result<Caller, Failure> {
    Caller::parse(text).ok_or_else(|| {
        Failure::usage(format!(
            "{text}: expected a number in E.164, a plus and 7 to 15 digits, as in +12025550123"
        ))
    })
}

/// Fields of [`FIELDS`] that are words. All others there are figures.
const WORDS: [&str; 2] = ["state", "as_of"];

/// Redis holds texts. Which of them are figures is known by their names: a fleet may be called `007`.
fn typed(name: &str, value: String) -> Value {
    if value.is_empty() {
        return Value::Null;
    }
    let is_figure = FIELDS.iter().any(|field| field.name == name) && !WORDS.contains(&name);
    let figure = is_figure.then(|| serde_json::from_str(&value).ok().filter(Value::is_number));
    figure.flatten().unwrap_or(Value::String(value))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_are_figures_by_their_names() {
        for (name, text, value) in [
            ("attempts_24h", "12", json!(12)),
            ("answer_rate_24h", "0.3333", json!(0.3333)),
            ("answer_rate_24h", "", Value::Null),
            ("statistic", "1234567.5", json!(1_234_567.5)),
            ("statistic", "inf", json!("inf")),
            ("statistic", "nan", json!("nan")),
            ("statistic", "true", json!("true")),
            ("statistic", "1e999", json!("1e999")),
            ("state", "active", json!("active")),
            ("as_of", "2026", json!("2026")),
            ("fleet", "007", json!("007")),
            ("fleet", "7", json!("7")),
            ("fleet", "1e5", json!("1e5")),
            ("number", "+12025550123", json!("+12025550123")),
            ("a_field_of_another_version", "1", json!("1")),
        ] {
            assert_eq!(typed(name, text.to_owned()), value, "{name} = {text:?}");
        }
    }

    #[test]
    fn words_are_fields() {
        for word in WORDS {
            assert!(FIELDS.iter().any(|field| field.name == word), "{word}");
        }
    }
}
