//! The unit: one thread that takes, steps and seals. It waits for input and for results, never for a network.

mod config;
mod error;
mod pending;
mod saving;
mod schedule;
mod storm;

use std::sync::Arc;
use std::time::Instant;

use callwarden_core::{Core, EventTime, Outbox, Tally};
use crossbeam_channel::{Receiver, after, never, select};

use crate::clock;
use crate::commit::{Committed, Committer};
use crate::port::{Changes, Entry, Next, PortError, Slice};
use crate::position::{Partition, Positions};
use crate::reader::Reader;
use crate::recover;
use crate::snapshot::Saver;
use crate::status::{Phase, Status};
pub use crate::unit::config::{Ended, Ports, UnitConfig};
pub use crate::unit::error::UnitError;
use crate::unit::pending::{Begun, Pending};
use crate::unit::schedule::Schedule;
use crate::unit::storm::Storm;

/// One unit of callwarden, recovered and ready to run.
pub struct Unit {
    config: UnitConfig,
    status: Arc<Status>,
    /// What the core had counted when it was last published.
    published: Tally,
    core: Core,
    outbox: Outbox,
    positions: Positions,
    pending: Pending,
    /// The snapshot to save once the transaction it belongs to is committed.
    sealed_snapshot: Option<Changes>,
    /// What the core had counted at the newest sealed record.
    sealed_tally: Tally,
    under_way: Option<Instant>,
    /// Offset of the newest committed journal record.
    journal_offset: i64,
    schedule: Schedule,
    /// Nothing is taken, because the store lags too far behind.
    paused: bool,
    taken: u64,
    storm: Storm,
    /// History was being learned when that was last said.
    learns: bool,
}

impl Unit {
    /// Opens the ports and recovers.
    pub fn recover(
        config: UnitConfig,
        mut ports: Ports,
        status: Arc<Status>,
    ) -> Result<(Self, Ports), UnitError> {
        status.set_phase(Phase::Recovering);
        status.set_paused(false);
        let telemetry = status.telemetry();
        let begun = Instant::now();
        let mut recovered = recover::recover(
            &config,
            &status,
            ports.attempts.as_mut(),
            ports.ledger.as_mut(),
            ports.store.as_mut(),
        )?;
        status.set_store_ok(true);
        if config.learns && recovered.sequence == 0 {
            recovered.core.learn(Some(EventTime(0)));
        }
        let positions = ports.attempts.positions(&recovered.positions).map_err(UnitError::Attempts)?;
        ports.attempts.seek(&positions).map_err(UnitError::Attempts)?;
        let header = recovered.core.header();
        if recovered.mismatches > 0 {
            telemetry.digest_mismatches.increment(recovered.mismatches);
            tracing::error!(
                records = recovered.mismatches,
                "the state reached again differs from the one recorded in the journal; rates may be off until they roll over"
            );
        }
        tracing::info!(
            unit = config.unit,
            sequence = recovered.sequence,
            replayed = recovered.replayed,
            numbers = recovered.core.len(),
            partitions = positions.len(),
            inputs = header.inputs,
            took_ms = begun.elapsed().as_millis() as u64,
            "recovered"
        );
        let learns = header.learning_until.is_some();
        telemetry.learning.set(if learns { 1.0 } else { 0.0 });
        if learns {
            tracing::info!("learning history: nothing is decided until it is caught up with");
        }
        telemetry.numbers.set(recovered.core.len() as f64);
        let mut pending = Pending::new(&config, recovered.sequence);
        if recovered.rebuilt {
            pending.say_rebuilt();
        }
        if !recovered.missing.is_empty() {
            let count = recovered.missing.len();
            tracing::error!(
                count,
                "commands that the journal names are no longer on their topic; they are sent again"
            );
            telemetry.outputs_resent.increment(count as u64);
            pending.send_again(recovered.missing);
        }
        let schedule = Schedule::new(&config);
        // A topic that is no longer read keeps its place, should it be read again.
        let mut all = recovered.positions;
        positions.iter().for_each(|(partition, offset)| all.set(partition.clone(), offset));
        let unit = Self {
            config,
            status,
            published: recovered.core.tally(),
            core: recovered.core,
            outbox: Outbox::default(),
            positions: all,
            pending,
            sealed_snapshot: None,
            sealed_tally: Tally::default(),
            under_way: None,
            journal_offset: recovered.journal_offset,
            schedule,
            paused: false,
            taken: 0,
            learns,
            storm: Storm::default(),
        };
        Ok((unit, ports))
    }

    /// Runs until asked to stop (a message on `stop`, or its end), the input ends, or something fails.
    pub fn run(mut self, ports: Ports, stop: &Receiver<()>) -> Result<(Ended, Core), UnitError> {
        let Ports { attempts, ledger, store } = ports;
        let committer = Committer::start(ledger);
        let mut saver =
            Saver::start(store, Arc::clone(&self.status), self.status.telemetry().snapshot_failures.clone());
        let reader = Reader::start(attempts);
        self.status.set_phase(Phase::Live);
        self.status.telemetry().live.set(1.0);
        let result = self.turn(reader.slices(), &committer, &mut saver, stop);
        self.status.telemetry().live.set(0.0);
        self.status.set_phase(Phase::Draining);
        let deadline = Instant::now() + self.config.drain_patience;
        let result = match result {
            // When the input fails, what was taken before is whole, and somebody waits for what it brought about.
            Ok(()) | Err(UnitError::Attempts(_)) => self.drain(&committer, &mut saver, deadline).and(result),
            Err(other) => Err(other),
        };
        committer.stop();
        saver.stop(deadline);
        reader.stop(deadline);
        self.status.set_phase(Phase::Stopped);
        result?;
        Ok((Ended { taken: self.taken, sequence: self.pending.sequence() }, self.core))
    }

    /// Steps 3 to 6, until asked to stop or the input ends.
    fn turn(
        &mut self,
        slices: &Receiver<Result<Next, PortError>>,
        committer: &Committer,
        saver: &mut Saver,
        stop: &Receiver<()>,
    ) -> Result<(), UnitError> {
        let never = never();
        // The first record tells where every partition begins, and shows that the ledger works before anything depends on it.
        self.seal(committer, saver);
        loop {
            let full = self.is_full() && self.under_way.is_some();
            self.look_at_lag(saver);
            let input = if full || self.paused { &never } else { slices };
            let unsaved = self.has_unsaved() && self.pending.events() == 0;
            let committing = self.under_way.is_some();
            let wait = self.schedule.wait(
                self.pending.events(),
                committing,
                unsaved && !committing && !saver.busy(),
            );
            select! {
                recv(input) -> next => match next.unwrap_or_else(|_| Err(PortError::new("the reader has ended without a word"))) {
                    Ok(Next::Slice(slice)) => self.take(slice)?,
                    Ok(Next::Idle) => self.schedule.caught_up(),
                    Ok(Next::End) => return Ok(()),
                    Err(error) => return Err(UnitError::Attempts(error)),
                },
                recv(committer.results()) -> result => self.committed(result, saver)?,
                recv(saver.results()) -> result => self.saved(result, saver)?,
                recv(stop) -> _ => return Ok(()),
                recv(after(wait)) -> _ => {}
            }
            if self.under_way.is_none() {
                if self.is_due() {
                    self.seal(committer, saver);
                } else if self.pending.events() == 0 && self.has_unsaved() && self.may_save(saver) {
                    // Nothing is pending, so the state is exactly that of the newest journal record.
                    let changes = self.export();
                    self.save(changes, saver);
                }
            }
        }
    }

    /// Step 7.
    fn drain(
        &mut self,
        committer: &Committer,
        saver: &mut Saver,
        deadline: Instant,
    ) -> Result<(), UnitError> {
        self.await_committer(committer, saver)?;
        self.schedule.leaving();
        // A save under way blocks the last one: wait for it, but not for ever.
        self.await_saver(saver, deadline)?;
        self.seal(committer, saver);
        self.await_committer(committer, saver)?;
        self.await_saver(saver, deadline)?;
        if saver.busy() || self.has_unsaved() {
            tracing::warn!(
                "left before the last snapshot was saved; the next start steps the journal's tail again"
            );
        }
        Ok(())
    }

    fn await_committer(&mut self, committer: &Committer, saver: &mut Saver) -> Result<(), UnitError> {
        if self.under_way.is_some() { self.committed(committer.results().recv(), saver) } else { Ok(()) }
    }

    fn take(&mut self, slice: Slice) -> Result<(), UnitError> {
        let wanted = self.positions.get(&slice.partition).unwrap_or(slice.from);
        if slice.from != wanted {
            return Err(UnitError::Discontinuous { partition: slice.partition, wanted, found: slice.from });
        }
        self.positions.set(slice.partition.clone(), slice.to);
        if self.pending.is_empty() {
            let clock = self.config.clocked.then(clock::event_time);
            self.core.set_clock(clock);
            let learning_until = self.core.header().learning_until;
            self.pending.begin_record(Begun { clock, learning_until });
        }
        self.pending.begin(&slice);
        let Slice { partition, mut entries, .. } = slice;
        for ahead in entries.chunks_mut(Core::ANTICIPATED) {
            self.core.anticipate(ahead.iter().map(|entry| &entry.input));
            self.step(&partition, ahead)?;
        }
        Ok(())
    }

    fn step(&mut self, partition: &Partition, entries: &mut [Entry]) -> Result<(), UnitError> {
        for entry in entries {
            self.core.step(entry.stamp, &entry.input, &mut self.outbox);
            self.taken += 1;
            if !self.outbox.is_empty() {
                for command in self.outbox.drain() {
                    self.pending.decide(&command, partition, entry.offset, entry.stamp.logged_at);
                }
            }
            let Some(poison) = entry.poison.take() else {
                self.storm.readable();
                continue;
            };
            let reason = poison.unreadable.reason;
            self.pending.put_aside(partition, entry.offset, *poison);
            if let Some((bad, of)) = self.storm.unreadable() {
                if self.config.stop_when_poisoned {
                    return Err(UnitError::Poisoned { bad, of, reason: reason.name() });
                }
                let reason = reason.name();
                tracing::warn!(bad, of, reason, "almost nothing can be read; it is put aside, as configured");
            }
        }
        Ok(())
    }

    fn is_due(&self) -> bool {
        self.pending.is_urgent() || self.is_full() || self.schedule.commit_is_due(self.pending.events())
    }

    fn is_full(&self) -> bool {
        self.pending.events() >= self.config.commit_max_events || self.pending.is_large()
    }

    /// Step 4. What the numbers are at this moment is what the transaction says of them, so the snapshot is taken here.
    fn seal(&mut self, committer: &Committer, saver: &Saver) {
        let full = self.is_full();
        let transaction = self.pending.seal(&self.core, &self.positions, clock::unix_ms());
        if self.may_save(saver) {
            self.sealed_snapshot = Some(self.export());
        }
        self.sealed_tally = self.core.tally();
        self.under_way = Some(self.schedule.committing(full));
        committer.submit(transaction);
    }

    fn committed(
        &mut self,
        result: Result<Result<Committed, PortError>, crossbeam_channel::RecvError>,
        saver: &mut Saver,
    ) -> Result<(), UnitError> {
        let begun = self.under_way.take();
        let result = result.unwrap_or_else(|_| Err(PortError::new("the committer has ended")));
        let Committed { transaction, journal_offset } =
            result.map_err(|error| UnitError::Commit { sequence: self.pending.sequence(), error })?;
        let now_ms = clock::unix_ms();
        for letter in &transaction.dead_letters {
            self.status.telemetry().unreadable(letter.poison.unreadable.reason);
        }
        self.publish(begun, &transaction.journal, now_ms);
        // A client that had to send the record twice may not know its offset. An earlier one serves as well: recovery passes over
        // what the snapshot holds already.
        self.journal_offset = self.journal_offset.max(journal_offset);
        if let Some(changes) = self.sealed_snapshot.take() {
            self.save(changes, saver);
        }
        Ok(())
    }

    fn publish(&mut self, begun: Option<Instant>, journal: &callwarden_wire::v1::JournalRecord, now_ms: i64) {
        let telemetry = self.status.telemetry();
        if let Some(begun) = begun {
            telemetry.commit_seconds.record(begun.elapsed());
        }
        for decided in self.pending.take_decided() {
            telemetry.command(decided.kind, decided.reason, self.config.policy.mode);
            telemetry.latency(decided.logged_at_ms, now_ms);
        }
        telemetry.commits.increment(1);
        telemetry.heartbeat.set(now_ms as f64 / 1e3);
        telemetry.sequence.set(journal.sequence as f64);
        telemetry.attempts(self.published, self.sealed_tally);
        self.published = self.sealed_tally;
        let header = self.core.header();
        telemetry.numbers.set(self.core.len() as f64);
        telemetry.event_time.set(f64::from(header.event_time.0));
        let learns = header.learning_until.is_some();
        telemetry.learning.set(if learns { 1.0 } else { 0.0 });
        if std::mem::replace(&mut self.learns, learns) && !learns {
            tracing::info!("history is learned; decisions begin");
        }
    }
}
