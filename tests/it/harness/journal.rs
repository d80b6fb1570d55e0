//! What must hold of every journal, whatever happened to its writers.

use std::collections::BTreeMap;

use callwarden_wire::v1;

/// Sequences without gap or double, slices that continue one another, and every command named once, in its order.
#[track_caller]
pub(crate) fn check_journal(journal: &[v1::JournalRecord], commands: &[v1::Command], records: u64) {
    let mut positions = BTreeMap::<u32, i64>::new();
    let mut taken = 0;
    for (place, record) in journal.iter().enumerate() {
        assert_eq!(record.sequence, place as u64 + 1, "sequences of the journal");
        for slice in &record.slices {
            let position = positions.entry(slice.partition).or_default();
            assert_eq!(slice.from, *position, "slice of sequence {}", record.sequence);
            *position = slice.to;
            taken += u64::from(slice.records);
        }
        assert_eq!(record.inputs, taken, "inputs at sequence {}", record.sequence);
    }
    assert_eq!(taken, records, "records that the journal says were taken");
    let named = journal.iter().flat_map(|record| &record.command_ids);
    assert!(named.eq(commands.iter().map(|command| &command.id)), "the journal names other commands");
}
