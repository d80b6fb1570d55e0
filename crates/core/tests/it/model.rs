//! What the core must do, said as simply as possible: keep every attempt for ever, and count by filtering.

use callwarden_core::{
    Answer, Attempt, AttemptId, Bucket, Caller, Caps, Command, CommandKind, Counts, EventTime, Evidence,
    Finding, Fleet, Input, NotAnAttempt, Number, Orders, Outcome, PaceOverCap, Policy, RECENT_MAX, Seconds,
    Settled, Stamp, Tally,
};

/// One attempt that was reported at least once.
struct Said {
    fleet: Fleet,
    caller: Caller,
    id: AttemptId,
    at: EventTime,
    /// As the last report that was taken has it.
    outcome: Outcome,
    is_final: bool,
    /// It was older than 7 days when it came.
    too_late: bool,
}

/// What the model keeps of a number beside its attempts.
#[derive(Default)]
struct Judged {
    fleet_and_caller: Option<(Fleet, Caller)>,
    newest: EventTime,
    m: [f64; 4],
    w: f64,
    since: EventTime,
    attempts: u32,
    answers: u32,
    orders: Orders,
}

pub(crate) struct Model {
    policy: Policy,
    said: Vec<Said>,
    judged: Vec<Judged>,
    pub(crate) tally: Tally,
    pub(crate) inputs: u64,
    /// The statistic came so near to a threshold that 32 bits may decide otherwise than 64.
    pub(crate) too_close: bool,
}

const THETAS: [f64; 4] = [0.25, 0.40, 0.55, 0.70];

impl Model {
    pub(crate) fn new(policy: Policy) -> Self {
        Self {
            policy,
            said: Vec::new(),
            judged: Vec::new(),
            tally: Tally::default(),
            inputs: 0,
            too_close: false,
        }
    }

    pub(crate) fn step(&mut self, stamp: Stamp, input: &Input) -> Vec<Command> {
        self.inputs += 1;
        match input {
            Input::Attempt(attempt) => return self.attempt(stamp, attempt),
            Input::NotAnAttempt(NotAnAttempt::Inbound) => self.tally.inbound += 1,
            Input::NotAnAttempt(NotAnAttempt::RefusedLocally) => self.tally.refused_locally += 1,
            Input::NotAnAttempt(NotAnAttempt::OtherRecord) => self.tally.other_record += 1,
            Input::Unreadable => self.tally.unreadable += 1,
        }
        Vec::new()
    }

    fn attempt(&mut self, stamp: Stamp, attempt: &Attempt) -> Vec<Command> {
        let ahead_ms = i128::from(attempt.started_at.0) * 1_000 - i128::from(stamp.logged_at.0);
        if ahead_ms > i128::from(self.policy.future_tolerance.0) * 1_000 {
            self.tally.future += 1;
            return Vec::new();
        }
        let known_number = self.said_of(&attempt.fleet, attempt.caller).next().is_some();
        if !known_number && attempt.amends_only {
            self.tally.amendment_missed += 1;
            return Vec::new();
        }
        if !known_number && !self.has_room(&attempt.fleet) {
            self.tally.untracked += 1;
            return Vec::new();
        }
        let last: Vec<usize> = (0..self.said.len())
            .filter(|&i| self.said[i].fleet == attempt.fleet && self.said[i].caller == attempt.caller)
            .collect();
        let last = &last[last.len().saturating_sub(RECENT_MAX)..];
        if let Some(&i) = last.iter().find(|&&i| self.said[i].id == attempt.id) {
            self.amend(i, attempt);
            return Vec::new();
        }
        if attempt.amends_only {
            self.tally.amendment_missed += 1;
            return Vec::new();
        }
        self.new_attempt(attempt)
    }

    fn amend(&mut self, i: usize, attempt: &Attempt) {
        let newest = self.newest(&attempt.fleet, attempt.caller);
        let said = &mut self.said[i];
        let same = said.outcome == attempt.outcome && said.is_final == attempt.is_final;
        if same || (said.is_final && !attempt.is_final) {
            self.tally.duplicate += 1;
            return;
        }
        if said.at.day() + 7 <= newest.day() {
            self.tally.amendment_missed += 1;
            return;
        }
        said.outcome = attempt.outcome;
        said.is_final = attempt.is_final;
        self.tally.amended += 1;
    }

    fn new_attempt(&mut self, attempt: &Attempt) -> Vec<Command> {
        let at = attempt.started_at;
        let newest = self.newest(&attempt.fleet, attempt.caller).max(at);
        let too_late = at.day() + 7 <= newest.day();
        self.said.push(Said {
            fleet: attempt.fleet.clone(),
            caller: attempt.caller,
            id: attempt.id,
            at,
            outcome: attempt.outcome,
            is_final: attempt.is_final,
            too_late,
        });
        self.judged_mut(&attempt.fleet, attempt.caller).newest = newest;
        if at.minute() + 60 > newest.minute() {
            self.tally.counted += 1;
            return self.judge(attempt, newest);
        }
        if too_late {
            self.tally.too_late += 1;
        } else {
            self.tally.late += 1;
        }
        Vec::new()
    }

    fn judge(&mut self, attempt: &Attempt, now: EventTime) -> Vec<Command> {
        let (fleet, caller) = (&attempt.fleet, attempt.caller);
        let policy = self.policy;
        let settled = self.settled(fleet, caller);
        let caps_reduced = self.caps_reduced(fleet, caller);
        let over = self.over_cap(fleet, caller);
        let rate = expected_rate(settled, policy.detector.baseline_min_attempts);
        let judged = self.judged_mut(fleet, caller);
        let mut kinds = Vec::new();
        let mut too_close = false;

        if let (true, Some(p)) = (policy.detector.enabled, rate) {
            judged.learn(attempt, p);
            let r = judged.m.iter().sum::<f64>() / 4.0;
            let near = |level: f64| (r / level - 1.0).abs() < 1e-4;
            too_close =
                [policy.detector.watch, policy.detector.reduce, policy.detector.pause].into_iter().any(near);
            let finding = |threshold: f64, judged: &Judged| {
                Finding::AnswerRateFell(callwarden_core::AnswerRateFell {
                    statistic: r,
                    threshold,
                    since: judged.since,
                    attempts: judged.attempts,
                    answers: judged.answers,
                    expected_rate: p,
                    baseline_attempts: settled.seizures,
                    baseline_answers: settled.answers,
                })
            };
            let paused = now < judged.orders.pause_until;
            if r >= policy.detector.pause {
                let found = finding(policy.detector.pause, judged);
                (judged.m, judged.w, judged.attempts, judged.answers) = ([0.0; 4], 0.0, 0, 0);
                judged.since = EventTime(0);
                if !paused {
                    let version = judged.orders.version;
                    judged.orders = Orders { version, ..Orders::default() };
                    judged.orders.pause_until = now.plus(policy.detector.pause_for);
                    kinds.push((CommandKind::PauseNumber, policy.detector.pause_for, found));
                }
            } else if r >= policy.detector.reduce && !paused && now >= judged.orders.reduce_until {
                let version = judged.orders.version;
                judged.orders = Orders { version, ..Orders::default() };
                judged.orders.reduce_until = now.plus(policy.detector.reduce_for);
                let found = finding(policy.detector.reduce, judged);
                kinds.push((CommandKind::ReduceVolume(caps_reduced), policy.detector.reduce_for, found));
            }
        }
        let stands = judged.orders.pause_until.max(judged.orders.reduce_until).max(judged.orders.pace_until);
        if let (true, Some(over)) = (now >= stands, over) {
            judged.orders.pace_until = now.plus(policy.caps_reduce_for);
            let kind = CommandKind::ReduceVolume(policy.caps);
            kinds.push((kind, policy.caps_reduce_for, Finding::PaceOverCap(over)));
        }

        let mut commands = Vec::new();
        for (kind, stands_for, finding) in kinds {
            judged.orders.version += 1;
            commands.push(Command {
                fleet: fleet.clone(),
                caller,
                target_version: judged.orders.version,
                sequence: 0,
                kind,
                mode: policy.mode,
                issued_at: now,
                expires_at: now.plus(stands_for),
                finding,
                cause: attempt.id,
            });
        }
        self.too_close |= too_close;
        for command in &mut commands {
            command.sequence = self.judged.iter().map(|judged| u64::from(judged.orders.version)).sum();
        }
        if let [first, _second] = commands.as_mut_slice() {
            first.sequence -= 1;
        }
        commands
    }

    fn over_cap(&self, fleet: &Fleet, caller: Caller) -> Option<PaceOverCap> {
        let newest = self.newest(fleet, caller);
        let caps = self.policy.caps;
        let count = |within: &dyn Fn(EventTime) -> bool| {
            self.said_of(fleet, caller).filter(|said| within(said.at)).count() as u32
        };
        let windows = [
            (count(&|at| at.minute() == newest.minute()), caps.per_minute, Seconds(60)),
            (count(&|at| at.minute() + 60 > newest.minute()), caps.per_hour, Seconds(3_600)),
            (count(&|at| at.hour() + 24 > newest.hour()), caps.per_day, Seconds(86_400)),
        ];
        windows
            .into_iter()
            .find(|&(attempts, cap, _)| cap > 0 && attempts > cap)
            .map(|(attempts, cap, window)| PaceOverCap { attempts, cap, window })
    }

    fn caps_reduced(&self, fleet: &Fleet, caller: Caller) -> Caps {
        let newest = self.newest(fleet, caller);
        let past: Vec<u32> = (newest.day().saturating_sub(6)..newest.day())
            .map(|day| self.said_of(fleet, caller).filter(|said| said.at.day() == day).count() as u32)
            .filter(|&attempts| attempts > 0)
            .collect();
        let mean = if past.is_empty() {
            self.said_of(fleet, caller).filter(|said| said.at.hour() + 24 > newest.hour()).count() as f64
        } else {
            f64::from(past.iter().sum::<u32>()) / past.len() as f64
        };
        let target = ((mean * self.policy.detector.reduce_to).ceil() as u32).max(1);
        let stricter = |cap: u32, than: u32| if cap == 0 { than } else { cap.min(than) };
        let per_day = stricter(self.policy.caps.per_day, target);
        let per_hour = stricter(self.policy.caps.per_hour, per_day);
        Caps { per_minute: stricter(self.policy.caps.per_minute, per_hour), per_hour, per_day }
    }

    fn said_of<'a>(&'a self, fleet: &'a Fleet, caller: Caller) -> impl Iterator<Item = &'a Said> {
        self.said.iter().filter(move |said| said.fleet == *fleet && said.caller == caller)
    }

    fn newest(&self, fleet: &Fleet, caller: Caller) -> EventTime {
        self.said_of(fleet, caller).map(|said| said.at).max().unwrap_or_default()
    }

    fn has_room(&self, fleet: &Fleet) -> bool {
        let fleets: std::collections::HashSet<_> = self.said.iter().map(|said| &said.fleet).collect();
        let numbers: std::collections::HashSet<_> =
            self.said.iter().map(|said| (&said.fleet, said.caller)).collect();
        numbers.len() < self.policy.numbers_max as usize
            && (fleets.contains(fleet) || fleets.len() < self.policy.fleets_max as usize)
    }

    fn settled(&self, fleet: &Fleet, caller: Caller) -> Settled {
        let newest = self.newest(fleet, caller);
        let old =
            self.said_of(fleet, caller).filter(|said| !said.too_late && said.at.hour() + 24 <= newest.hour());
        let (mut seizures, mut answers) = (0, 0);
        for said in old {
            seizures += u64::from(said.outcome.seized);
            answers += u64::from(said.outcome.answer.is_some_and(|by| by != Answer::Machine));
        }
        Settled { seizures, answers }
    }

    fn judged_mut(&mut self, fleet: &Fleet, caller: Caller) -> &mut Judged {
        let who = Some((fleet.clone(), caller));
        let at = self.judged.iter().position(|judged| judged.fleet_and_caller == who).unwrap_or_else(|| {
            self.judged.push(Judged { fleet_and_caller: who, ..Judged::default() });
            self.judged.len() - 1
        });
        &mut self.judged[at]
    }

    pub(crate) fn numbers_len(&self) -> usize {
        self.judged.len()
    }

    /// What differs between the core's number and the model's; empty if nothing does.
    pub(crate) fn differences(&mut self, fleet: &Fleet, caller: Caller, number: &Number) -> Vec<String> {
        let mut found = Vec::new();
        let mut check = |what: &str, core: String, model: String| {
            if core != model {
                found.push(format!("{what}: core {core}, model {model}"));
            }
        };
        let newest = self.newest(fleet, caller);
        check("newest", format!("{newest:?}"), format!("{:?}", number.newest));

        let minutes = self.buckets(fleet, caller, |at| at.minute(), 60, newest.minute());
        let minutes: Vec<_> =
            minutes.iter().map(|bucket| (bucket.index, bucket.counts.attempts as u16)).collect();
        check("minutes", format!("{:?}", number.minutes.held().collect::<Vec<_>>()), format!("{minutes:?}"));
        let total: u32 = minutes.iter().map(|&(_, attempts)| u32::from(attempts)).sum();
        check("minutes total", number.minutes.total().to_string(), total.to_string());
        let hours = self.buckets(fleet, caller, |at| at.hour(), 24, newest.hour());
        check("hours", format!("{:?}", number.hours.held()), format!("{hours:?}"));
        let days = self.buckets(fleet, caller, |at| at.day(), 7, newest.day());
        check("days", format!("{:?}", number.days.held()), format!("{days:?}"));
        check("settled", format!("{:?}", number.settled), format!("{:?}", self.settled(fleet, caller)));
        let remembered = self.said_of(fleet, caller).count().min(RECENT_MAX);
        check("remembered", number.recent.packed().len().to_string(), remembered.to_string());

        let judged = self.judged_mut(fleet, caller);
        check("orders", format!("{:?}", number.orders), format!("{:?}", judged.orders));
        let Evidence { mixture, since, attempts, answers } = number.evidence;
        check(
            "evidence",
            format!("{since:?} {attempts} {answers}"),
            format!("{:?} {} {}", judged.since, judged.attempts, judged.answers),
        );
        for (core, model) in mixture.m.into_iter().map(f64::from).zip(judged.m) {
            if (core - model).abs() > 1e-5 * model.max(1.0) {
                check("mixture", core.to_string(), model.to_string());
            }
        }
        found
    }

    fn buckets(
        &self,
        fleet: &Fleet,
        caller: Caller,
        index: impl Fn(EventTime) -> u32,
        kept: u32,
        newest: u32,
    ) -> Vec<Bucket> {
        let mut buckets = Vec::new();
        for at in (newest + 1).saturating_sub(kept)..=newest {
            let mut counts = Counts::default();
            for said in self.said_of(fleet, caller).filter(|said| !said.too_late && index(said.at) == at) {
                let Outcome { seized, answer, short, blocked, talk_seconds } = said.outcome;
                counts.attempts += 1;
                counts.seizures += u32::from(seized);
                counts.answers += u32::from(answer.is_some());
                counts.human += u32::from(answer == Some(Answer::Human));
                counts.machine += u32::from(answer == Some(Answer::Machine));
                counts.short += u32::from(short);
                counts.blocked += u32::from(blocked);
                counts.talk_seconds += talk_seconds;
            }
            if counts.attempts > 0 {
                buckets.push(Bucket { index: at, counts });
            }
        }
        buckets
    }
}

impl Judged {
    fn learn(&mut self, attempt: &Attempt, p: f64) {
        if !attempt.outcome.seized {
            return;
        }
        let answered = attempt.outcome.answer.is_some_and(|by| by != Answer::Machine);
        if self.w == 0.0 {
            (self.since, self.attempts, self.answers) = (attempt.started_at, 0, 0);
        }
        self.attempts += 1;
        self.answers += u32::from(answered);
        for (m, theta) in self.m.iter_mut().zip(THETAS) {
            *m = (1.0 + *m) * likelihood_ratio(theta, p, answered);
        }
        self.w = (self.w + likelihood_ratio(0.70, p, answered).ln()).max(0.0);
        if self.w < 1e-9 {
            (self.w, self.attempts, self.answers) = (0.0, 0, 0);
        }
    }
}

fn likelihood_ratio(theta: f64, p: f64, answered: bool) -> f64 {
    (if answered { theta } else { 1.0 }) / (1.0 - p + theta * p)
}

fn expected_rate(Settled { seizures, answers }: Settled, min_attempts: u32) -> Option<f64> {
    if seizures < u64::from(min_attempts.max(1)) {
        return None;
    }
    let (n, mean) = (seizures as f64, answers as f64 / seizures as f64);
    Some((mean - 2.0 * (mean * (1.0 - mean) / n).sqrt()).clamp(1e-6, 1.0 - 1e-6))
}
