//! Which fields of two commands differ.

use callwarden_wire::v1;

macro_rules! fields {
    ($($field:ident),* $(,)?) => {
        /// Names of the fields in which two commands differ.
        pub(super) fn that_differ(expected: &v1::Command, found: &v1::Command) -> Vec<&'static str> {
            // In full, so that a new field is compared or does not compile.
            let v1::Command { $($field),* } = expected;
            let mut differ = Vec::new();
            $(if *$field != found.$field {
                differ.push(stringify!($field));
            })*
            differ
        }
    };
}

fields! {
    id, sequence, fleet, number, target_version, kind, mode, caps, keep_inbound, issued_at, expires_at, reason, summary,
    evidence, rule, policy_hash, core_version, cause,
}
