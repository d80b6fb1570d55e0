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
    let mut store = RedisStore::connect(&wiring::redis(&config), wiring::UNIT).map_err(Failure::new)?;
    let mut unknown = Vec::new();
    for (place, caller) in callers.into_iter().enumerate() {
        let Some(NumberFound { fields, .. }) = store.read_number(fleet, caller).map_err(Failure::new)? else {
            unknown.push(caller.clear().to_string());
            continue;
        };
        if args.json {
            let object: Map<String, Value> =
                fields.into_iter().map(|(name, value)| (name, typed(value))).collect();
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
        Failure::new(format!(
            "{text}: expected a number in E.164, a plus and 7 to 15 digits, as in +12025550123"
        ))
    })
}

/// Redis holds texts; what reads as a number is one.
fn typed(value: String) -> Value {
    match value.parse::<f64>() {
        Ok(number) if !value.starts_with('+') => {
            serde_json::from_str(&value).unwrap_or_else(|_| number.into())
        }
        _ => Value::String(value),
    }
}
