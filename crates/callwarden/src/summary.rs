//! What became of all lines, for the end of a replay and of standalone.

use callwarden_core::{Core, Tally};

use crate::printer::{Failure, Outcome, Printer};

/// Says what became of `lines` that `core` has taken; an error if none of them could be read.
pub(crate) fn tell(core: &Core, lines: u64, printer: &Printer) -> Outcome {
    let Tally {
        counted,
        late,
        too_late,
        duplicate,
        amended,
        amendment_missed,
        future,
        untracked,
        inbound,
        refused_locally,
        other_record,
        unreadable,
    } = core.tally();
    let decisions = core.header().outputs;
    printer.note(format_args!(
        "lines {lines}: attempts counted {}, numbers {}, decisions {decisions}",
        counted + late,
        core.len()
    ));
    let others = [
        ("unreadable", unreadable),
        ("said before", duplicate),
        ("amended an attempt", amended),
        ("amended an attempt that is not known", amendment_missed),
        ("older than every window", too_late),
        ("from the future", future),
        ("of numbers beyond numbers.max", untracked),
        ("inbound", inbound),
        ("refused by the own platform", refused_locally),
        ("no attempts", other_record),
    ];
    for (what, count) in others.into_iter().filter(|&(_, count)| count > 0) {
        printer.note(format_args!("  {count} {what}"));
    }
    if unreadable > 0 && unreadable == core.header().inputs {
        return Err(Failure::new(
            "not a single line could be read\n  hint: --dialect names another language; proto/README.md has this one",
        ));
    }
    Ok(())
}
