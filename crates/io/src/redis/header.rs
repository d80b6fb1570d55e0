//! The header of a snapshot, as JSON that people can read too. What stands in Redis is compared byte for byte.

use callwarden_core::{EventTime, Header, Tally};
use callwarden_engine::SnapshotHead;
use serde_json::{Map, Value, json};

/// A save that is not over: the snapshot is the states of `numbers`, overlaid with those of `numbers:staged`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fold {
    /// States in `numbers:staged`.
    pub(super) staged: u64,
    /// How many of them stand in `numbers` too.
    pub(super) folded: u64,
}

/// What a header says.
#[derive(Debug, PartialEq)]
pub(super) struct Parsed {
    pub(super) head: SnapshotHead,
    /// `None`: `numbers` is the whole snapshot.
    pub(super) fold: Option<Fold>,
}

/// As it is stored. The same arguments give the same bytes.
pub(super) fn to_json(head: &SnapshotHead, fold: Option<Fold>) -> Vec<u8> {
    let SnapshotHead {
        sequence,
        journal_offset,
        header,
        tally,
        core_version,
        policy_hash,
        instance,
        numbers,
    } = head;
    let Header { inputs, outputs, event_time, digest, version_floor, learning_until } = header;
    let tally: Map<String, Value> =
        tally.entries().into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    let mut value = json!({
        "sequence": sequence,
        "journal_offset": journal_offset,
        "inputs": inputs,
        "outputs": outputs,
        "event_time": event_time.0,
        // 64 bits: more than a JSON number holds in most languages.
        "digest": format!("{digest:016x}"),
        "version_floor": version_floor,
        "learning_until": learning_until.map(|until| until.0),
        "tally": tally,
        "core_version": core_version,
        "policy_hash": policy_hash,
        "instance": instance,
        "numbers": numbers,
    });
    if let Some(Fold { staged, folded }) = fold {
        value["staged"] = staged.into();
        value["folded"] = folded.into();
    }
    value.to_string().into_bytes()
}

/// What was stored; the error says what is wrong with it.
pub(super) fn from_json(bytes: &[u8]) -> Result<Parsed, String> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let field = |name: &str| value.get(name).ok_or_else(|| format!("it has no '{name}'"));
    let number = |name: &str| field(name)?.as_u64().ok_or_else(|| format!("'{name}' is no whole number"));
    let text =
        |name: &str| field(name)?.as_str().map(str::to_owned).ok_or_else(|| format!("'{name}' is no text"));
    let small = |name: &str| u32::try_from(number(name)?).map_err(|_| format!("'{name}' is too large"));
    let digest = text("digest")?;
    let tally = field("tally")?.as_object().ok_or("'tally' is no object")?;
    let entries: Option<Vec<(&str, u64)>> =
        tally.iter().map(|(name, value)| Some((name.as_str(), value.as_u64()?))).collect();
    let fold = match value.get("staged") {
        None => None,
        Some(_) => Some(Fold { staged: number("staged")?, folded: number("folded")? }),
    };
    let head = SnapshotHead {
        sequence: number("sequence")?,
        journal_offset: field("journal_offset")?.as_i64().ok_or("'journal_offset' is no whole number")?,
        header: Header {
            inputs: number("inputs")?,
            outputs: number("outputs")?,
            event_time: EventTime(small("event_time")?),
            digest: u64::from_str_radix(&digest, 16).map_err(|_| "'digest' is not hexadecimal".to_owned())?,
            version_floor: small("version_floor")?,
            learning_until: match field("learning_until")? {
                Value::Null => None,
                _ => Some(EventTime(small("learning_until")?)),
            },
        },
        tally: entries.and_then(Tally::from_entries).ok_or("'tally' has an entry that is not known")?,
        core_version: small("core_version")?,
        policy_hash: text("policy_hash")?,
        instance: text("instance")?,
        numbers: number("numbers")?,
    };
    Ok(Parsed { head, fold })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn head(sequence: u64) -> SnapshotHead {
        SnapshotHead {
            sequence,
            journal_offset: 2 * sequence as i64,
            header: Header {
                inputs: 7,
                outputs: 2,
                event_time: EventTime(1_790_000_000),
                digest: u64::MAX - 1,
                version_floor: 7,
                learning_until: Some(EventTime(1_767_571_200)),
            },
            tally: Tally { counted: 4, late: 1, unreadable: 2, ..Tally::default() },
            core_version: 1,
            policy_hash: "0123456789abcdef".into(),
            instance: "host-1".into(),
            numbers: 3,
        }
    }

    #[test]
    fn a_header_comes_back_as_it_was() {
        let head = head(41);
        let bytes = to_json(&head, None);
        assert_eq!(bytes, to_json(&head, None));
        assert_eq!(from_json(&bytes).unwrap(), Parsed { head: head.clone(), fold: None });
        let fold = Some(Fold { staged: 3, folded: 1 });
        assert_eq!(from_json(&to_json(&head, fold)).unwrap(), Parsed { head, fold });
        assert!(String::from_utf8(bytes).unwrap().contains(r#""digest":"fffffffffffffffe""#));
    }

    #[test]
    fn a_broken_header_says_what_is_broken() {
        assert!(from_json(b"").is_err());
        let whole = String::from_utf8(to_json(&head(1), Some(Fold { staged: 3, folded: 1 }))).unwrap();
        for (from, to, said) in [
            (r#""sequence":1"#, r#""sequence":-1"#, "'sequence' is no whole number"),
            (r#""sequence":1"#, r#""x":1"#, "it has no 'sequence'"),
            (r#""digest":"f"#, r#""digest":"g"#, "'digest' is not hexadecimal"),
            (r#""folded":1"#, r#""x":1"#, "it has no 'folded'"),
            (r#""counted""#, r#""kounted""#, "'tally' has an entry that is not known"),
        ] {
            assert_eq!(from_json(whole.replace(from, to).as_bytes()).unwrap_err(), said);
        }
    }
}
