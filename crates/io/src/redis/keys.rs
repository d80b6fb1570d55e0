//! The keys of one unit's snapshot, and the fields of its states.

use callwarden_core::{Caller, Fleet};

/// Where a snapshot stands. The braces are literal: all but the figures share a slot of Redis Cluster.
pub(super) struct Keys {
    prefix: String,
    /// Which prefix of the journal the states are.
    pub(super) header: String,
    /// Which process may write.
    pub(super) epoch: String,
    /// The packed states.
    pub(super) numbers: String,
    /// States that lie over the others, if the header says so; until it does, they are being staged.
    pub(super) staged: String,
    /// States that are to take the place of all the others, being staged. No header ever names them.
    pub(super) next: String,
}

impl Keys {
    pub(super) fn new(prefix: &str, unit: u32) -> Self {
        let of = |what: &str| format!("{prefix}:{{unit:{unit}}}:{what}");
        Self {
            prefix: prefix.to_owned(),
            header: of("header"),
            epoch: of("epoch"),
            numbers: of("numbers"),
            staged: of("numbers:staged"),
            next: of("numbers:next"),
        }
    }

    /// The figures of a number.
    pub(super) fn figures(&self, fleet: &str, caller: Caller) -> String {
        format!("{}:{{{fleet}}}:number:{}", self.prefix, caller.clear())
    }
}

/// The field of a number's state: `FLEET/+12025550123`.
pub(super) fn field(fleet: &Fleet, caller: Caller) -> String {
    format!("{fleet}/{}", caller.clear())
}

/// Fleet and number of a field.
pub(super) fn field_parts(field: &[u8]) -> Option<(&str, Caller)> {
    let (fleet, number) = std::str::from_utf8(field).ok()?.rsplit_once('/')?;
    Some((fleet, Caller::parse(number)?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn fields_name_fleet_and_number() {
        let caller = Caller::parse("+12025550123").unwrap();
        assert_eq!(field(&Fleet::new("a/b"), caller), "a/b/+12025550123");
        assert_eq!(field_parts(b"default/+12025550123"), Some(("default", caller)));
        assert_eq!(field_parts(b"a/b/+12025550123"), Some(("a/b", caller)));
        assert_eq!(field_parts(b"default/12025550123"), None);
        assert_eq!(field_parts(b"+12025550123"), None);
        assert_eq!(field_parts(&[0xff, b'/']), None);
    }
}
