//! What the unit has the saver do, and what it hears of it.

use std::time::Instant;

use callwarden_core::CORE_VERSION;

use crate::clock;
use crate::port::{Changes, Saved, SnapshotHead, Wanted};
use crate::snapshot::{self, Save, Saver};
use crate::unit::{Unit, UnitError};

impl Unit {
    pub(super) fn await_saver(&mut self, saver: &mut Saver, deadline: Instant) -> Result<(), UnitError> {
        while saver.busy() {
            match saver.results().recv_deadline(deadline) {
                Ok(save) => self.saved(Ok(save), saver)?,
                Err(_) => break,
            }
        }
        Ok(())
    }

    /// Says when the store lags so far behind that nothing more is taken, and when it has caught up.
    pub(super) fn look_at_lag(&mut self, saver: &Saver) {
        if !self.has_unsaved() && !saver.busy() && self.sealed_snapshot.is_none() {
            self.schedule.nothing_unsaved();
        }
        self.status.telemetry().snapshot_lag.set(self.schedule.store_lag().as_secs_f64());
        let lags = self.schedule.store_lags();
        if lags == self.paused {
            return;
        }
        self.paused = lags;
        self.status.set_paused(lags);
        self.status.telemetry().live.set(if lags { 0.0 } else { 1.0 });
        if lags {
            tracing::warn!(
                max_lag = ?self.config.snapshot_max_lag,
                "the store lags too far behind; no attempts are taken until it has caught up (snapshot.max_lag)"
            );
        } else {
            tracing::info!("the store has caught up; attempts are taken again");
        }
    }

    /// Whether there are numbers that the store lacks and nobody is bringing.
    pub(super) fn has_unsaved(&self) -> bool {
        self.core.changed_len() > 0
    }

    pub(super) fn may_save(&self, saver: &Saver) -> bool {
        !saver.busy() && self.schedule.save_is_due()
    }

    /// The numbers that changed, as they are at the newest sealed record.
    pub(super) fn export(&mut self) -> Changes {
        self.schedule.saving();
        let head = SnapshotHead {
            sequence: self.pending.sequence(),
            journal_offset: self.journal_offset,
            header: self.core.header(),
            tally: self.core.tally(),
            core_version: CORE_VERSION,
            policy_hash: self.pending.policy_hash().to_owned(),
            instance: self.config.instance.clone(),
            numbers: self.core.len() as u64,
        };
        Changes { head, numbers: snapshot::export(&mut self.core) }
    }

    /// Step 6: the record that the changes belong to is committed.
    pub(super) fn save(&self, mut changes: Changes, saver: &mut Saver) {
        changes.head.journal_offset = self.journal_offset;
        saver.submit(changes);
    }

    pub(super) fn saved(
        &mut self,
        result: Result<Save, crossbeam_channel::RecvError>,
        saver: &mut Saver,
    ) -> Result<(), UnitError> {
        saver.done();
        let Save { saved, numbers, took } = result.map_err(|_| UnitError::Saver)?;
        let now_ms = clock::unix_ms();
        match saved {
            Saved::Superseded => return Err(UnitError::Superseded),
            Saved::AllWanted(why) => {
                tracing::warn!("{why}; writing every number again");
                if why == Wanted::RolledBack {
                    self.status.telemetry().snapshot_rollbacks.increment(1);
                }
                self.core.mark_all_changed();
                return Ok(());
            }
            Saved::Done => {}
        }
        self.schedule.saved();
        self.status.telemetry().snapshot_saved.set(now_ms as f64 / 1e3);
        self.status.telemetry().snapshot_seconds.record(took);
        self.status.telemetry().snapshot_numbers.increment(numbers as u64);
        Ok(())
    }
}
