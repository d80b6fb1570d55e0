//! What a journal record says was decided, against what the core decides of the same records.

use std::collections::{BTreeMap, BTreeSet};

use callwarden_wire::v1;

use super::books::Books;
use super::commands::{By, Commands};
use super::fields;
use super::finding::{Finding, FindingKind};

/// The decisions of one record.
pub(super) struct Names<'a> {
    pub(super) by: &'a By<'a>,
    /// Made again; `None` where that cannot be.
    pub(super) decided: Option<&'a Vec<v1::Command>>,
}

impl Names<'_> {
    /// Compares them, and notes what has to stand on the topic of commands.
    pub(super) fn compare(&self, commands: &mut Commands, books: &mut Books) {
        let record = self.by.record;
        let (observed, sent): (Vec<_>, Vec<_>) =
            self.decided.into_iter().flatten().partition(|command| command.mode() == v1::Mode::Observe);
        let again: BTreeMap<&str, &v1::Command> =
            sent.iter().map(|&command| (command.id.as_str(), command)).collect();
        for id in &record.command_ids {
            let command = again.get(id.as_str()).copied();
            if let Some(before) = commands.name(id, self.by, command) {
                let detail = format!("{id} is named here, and by sequence {before}");
                books.find(self.finding(FindingKind::CommandDoubled, detail));
            }
        }
        record.resent_ids.iter().for_each(|id| commands.resend(id, self.by));
        if self.decided.is_none() {
            return;
        }
        sent.iter().for_each(|command| commands.know(&command.id, self.by));
        let named: Vec<(&str, Option<&v1::Command>)> =
            record.command_ids.iter().map(|id| (id.as_str(), None)).collect();
        self.hold_against(&named, &sent, books);
        let named: Vec<(&str, Option<&v1::Command>)> =
            record.observed.iter().map(|command| (command.id.as_str(), Some(command))).collect();
        self.hold_against(&named, &observed, books);
        if self.by.compared {
            books.report.observed_compared += observed.len() as u64;
        }
    }

    /// `named` with their content where the journal has it.
    fn hold_against(
        &self,
        named: &[(&str, Option<&v1::Command>)],
        decided: &[&v1::Command],
        books: &mut Books,
    ) {
        let known: BTreeMap<&str, Option<&v1::Command>> = named.iter().copied().collect();
        let made: BTreeSet<&str> = decided.iter().map(|command| command.id.as_str()).collect();
        for command in decided {
            let id = &command.id;
            match known.get(id.as_str()) {
                None => {
                    let detail = format!("{id} is decided, and the journal does not name it");
                    books.find(self.finding(FindingKind::DecisionMissing, detail).about(command));
                }
                Some(Some(found)) if *found != *command => {
                    let fields = fields::that_differ(command, found).join(", ");
                    let detail = format!("{id} differs from what is decided in: {fields}");
                    books.find(self.finding(FindingKind::DecisionDiffers, detail).about(command));
                }
                Some(_) => {}
            }
        }
        for &(id, command) in named.iter().filter(|(id, _)| !made.contains(id)) {
            let detail = format!("{id} is named by the journal, and not decided");
            let finding = self.finding(FindingKind::DecisionUnexplained, detail);
            books.find(command.into_iter().fold(finding, Finding::about));
        }
        let both_ways = (
            named.iter().map(|named| named.0).filter(|id| made.contains(id)),
            decided.iter().map(|command| command.id.as_str()).filter(|id| known.contains_key(id)),
        );
        if !both_ways.0.eq(both_ways.1) {
            let detail =
                "the journal names its decisions in another order than they are made, or one of them twice";
            books.find(self.finding(FindingKind::DecisionDiffers, detail.to_owned()));
        }
    }

    fn finding(&self, kind: FindingKind, detail: String) -> Finding {
        Finding::of_record(kind, self.by.unit, self.by.record.sequence, detail)
    }
}
