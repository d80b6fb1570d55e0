//! Random streams: the core does what the model does, and a core restored at any step goes on as if nothing had happened.

use std::collections::BTreeMap;

use callwarden_core::{Caller, Command, Core, Finding, Fleet, Header, Number, Outbox, Policy, Stamp, Tally};
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

use crate::model::Model;
use crate::stream::{logs, policies};

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct("tests/it/regressions.txt"))),
        ..ProptestConfig::default()
    }
}

/// Commands agree; the statistic, which the core keeps in 32 bits, to 1e-5.
fn same_commands(core: &[Command], model: &[Command]) -> bool {
    let without_statistic = |command: &Command| {
        let mut command = command.clone();
        if let Finding::AnswerRateFell(fell) = &mut command.finding {
            fell.statistic = 0.0;
        }
        command
    };
    let statistic = |command: &Command| match command.finding {
        Finding::AnswerRateFell(fell) => fell.statistic,
        Finding::PaceOverCap(_) => 0.0,
    };
    core.len() == model.len()
        && core.iter().zip(model).all(|(core, model)| {
            without_statistic(core) == without_statistic(model)
                && (statistic(core) - statistic(model)).abs() <= 1e-5 * statistic(model)
        })
}

/// Everything that a host exports.
fn parts(core: &Core) -> (Header, Tally, BTreeMap<(Fleet, Caller), Number>) {
    let numbers = core.numbers().map(|(fleet, caller, number)| ((fleet.clone(), caller), number.clone()));
    (core.header(), core.tally(), numbers.collect())
}

fn restored(policy: Policy, core: &Core) -> Core {
    let (header, tally, numbers) = parts(core);
    // In an order of their own, not the live core's.
    let numbers = numbers.into_iter().rev().map(|((fleet, caller), number)| (fleet, caller, number));
    Core::restore(policy, header, tally, numbers).unwrap()
}

fn step(core: &mut Core, stamp: Stamp, input: &callwarden_core::Input) -> Vec<Command> {
    let mut out = Outbox::default();
    core.step(stamp, input, &mut out);
    out.drain().collect()
}

proptest! {
    #![proptest_config(config(384))]

    #[test]
    fn core_does_what_the_model_does(policy in policies(), log in logs(400)) {
        let mut core = Core::new(policy).unwrap();
        let mut model = Model::new(policy);
        for (n, (stamp, input)) in log.iter().enumerate() {
            let commands = step(&mut core, *stamp, input);
            let expected = model.step(*stamp, input);
            prop_assume!(!model.too_close);
            prop_assert!(same_commands(&commands, &expected), "step {n}: core {commands:#?}\nmodel {expected:#?}");
            prop_assert_eq!(core.tally(), model.tally, "step {}", n);
            prop_assert_eq!(core.header().inputs, model.inputs);
            prop_assert_eq!(core.len(), model.numbers_len());
            if let callwarden_core::Input::Attempt(attempt) = input
                && let Some(number) = core.find(&attempt.fleet, attempt.caller)
            {
                let differences = model.differences(&attempt.fleet, attempt.caller, number);
                prop_assert!(differences.is_empty(), "step {n}: {input:?}\n{}", differences.join("\n"));
            }
        }
        let sum: u64 = core.tally().entries().iter().map(|(_, count)| count).sum();
        prop_assert_eq!(sum, core.header().inputs);
        prop_assert_eq!(Tally::from_entries(core.tally().entries()), Some(core.tally()));
        for (fleet, caller, number) in core.numbers() {
            let differences = model.differences(fleet, caller, number);
            prop_assert!(differences.is_empty(), "at the end: {}", differences.join("\n"));
        }
    }

    #[test]
    fn a_core_restored_at_any_step_goes_on_the_same(policy in policies(), log in logs(300)) {
        let mut core = Core::new(policy).unwrap();
        // Restored before every step, so it takes each step on a state that has just been exported.
        let mut again = Core::new(policy).unwrap();
        // Restored once, in the middle, and then left alone.
        let mut once = None;
        for (n, (stamp, input)) in log.iter().enumerate() {
            again = restored(policy, &again);
            prop_assert_eq!(parts(&again), parts(&core), "step {}", n);
            if n == log.len() / 2 {
                once = Some(restored(policy, &core));
            }
            let commands = step(&mut core, *stamp, input);
            prop_assert_eq!(&step(&mut again, *stamp, input), &commands, "step {}", n);
            if let Some(once) = &mut once {
                prop_assert_eq!(&step(once, *stamp, input), &commands, "step {}", n);
            }
        }
        prop_assert_eq!(parts(&again), parts(&core));
        prop_assert_eq!(parts(&once.unwrap()), parts(&core));
    }

    #[test]
    fn changed_numbers_alone_keep_a_copy_true(policy in policies(), log in logs(300), every in 1..40_usize) {
        let mut core = Core::new(policy).unwrap();
        let mut copy = BTreeMap::new();
        for (n, (stamp, input)) in log.iter().enumerate() {
            step(&mut core, *stamp, input);
            if n % every == 0 {
                prop_assert!(core.changed_len() <= core.len());
                for ix in core.take_changed() {
                    let (fleet, caller, number) = core.number(ix).unwrap();
                    copy.insert((fleet.clone(), caller), number.clone());
                }
                prop_assert_eq!(core.changed_len(), 0);
                prop_assert_eq!(&copy, &parts(&core).2, "step {}", n);
            }
        }
        core.mark_all_changed();
        core.mark_all_changed();
        prop_assert_eq!(core.changed_len(), core.len());
        prop_assert_eq!(core.take_changed().len(), core.len());
    }

    #[test]
    fn stored_windows_come_back(policy in policies(), log in logs(300)) {
        use callwarden_core::{Buckets, Minutes, Recent};
        let mut core = Core::new(policy).unwrap();
        for (stamp, input) in &log {
            step(&mut core, *stamp, input);
        }
        for (_, _, number) in core.numbers() {
            let newest = number.newest;
            let minutes = Minutes::from_parts(newest.minute(), number.minutes.held());
            prop_assert_eq!(minutes.as_ref(), Some(&number.minutes));
            let hours = Buckets::from_parts(newest.hour(), &number.hours.held());
            prop_assert_eq!(hours.as_ref(), Some(&number.hours));
            let days = Buckets::from_parts(newest.day(), &number.days.held());
            prop_assert_eq!(days.as_ref(), Some(&number.days));
            let recent = Recent::from_packed(number.recent.packed().collect());
            prop_assert_eq!(recent.as_ref(), Some(&number.recent));
        }
    }
}
