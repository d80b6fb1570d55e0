//! What all parts of an audit write to.

use super::AuditConfig;
use super::finding::{Finding, Findings};
use super::report::Report;

/// Findings and counts.
pub(super) struct Books {
    pub(super) config: AuditConfig,
    pub(super) report: Report,
    pub(super) findings: Findings,
    /// Whether what is looked at belongs to what was asked for.
    pub(super) reported: bool,
    /// Units there are, by the newest journal record.
    pub(super) units: u32,
}

impl Books {
    pub(super) fn find(&mut self, finding: Finding) {
        if self.reported {
            self.findings.push(finding);
        }
    }

    /// Whether an output of a record of this partition belongs to a unit whose journal is read.
    pub(super) fn is_audited(&self, partition: Option<u32>) -> bool {
        match (self.config.only_unit, partition) {
            (Some(unit), Some(partition)) => partition % self.units.max(1) == unit,
            _ => true,
        }
    }
}
