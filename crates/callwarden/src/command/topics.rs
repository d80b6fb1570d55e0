//! `callwarden topics`.

use callwarden_io::kafka::topics::{CreateTopics, TopicState, create as create_topics};

use crate::cli::{CreateArgs, Settings};
use crate::printer::{Failure, Outcome, Printer};
use crate::wiring;

/// `topics create`.
pub(crate) fn create(settings: &Settings, args: &CreateArgs, printer: &Printer) -> Outcome {
    let config = wiring::load(settings, Vec::new())?.config;
    if !args.partitions.is_multiple_of(args.units) {
        return Err(Failure::usage(format!(
            "--partitions {} is no multiple of --units {}: a fleet would change its unit when partitions are added\n  hint: \
             --partitions {}",
            args.partitions,
            args.units,
            args.partitions.next_multiple_of(args.units)
        )));
    }
    let wish = CreateTopics {
        attempts: config.attempts.iter().map(|topic| topic.topic.clone()).collect(),
        partitions: args.partitions,
        units: args.units,
        replication: args.replication_factor,
    };
    let reports = create_topics(&wiring::kafka(&config), &wish).map_err(Failure::new)?;
    let widest = reports.iter().map(|report| report.topic.len()).max().unwrap_or(0);
    for report in reports {
        let topic = format!("{:<widest$}", report.topic);
        match report.state {
            TopicState::Created => printer.line(format_args!("{topic}  created"))?,
            TopicState::Exists => printer.line(format_args!("{topic}  exists"))?,
            TopicState::Differs(differences) => {
                printer.line(format_args!("{topic}  exists, and differs:"))?;
                for difference in differences {
                    printer.line(format_args!(
                        "{:<widest$}    {} is {}, wanted {}",
                        "", difference.setting, difference.found, difference.wanted
                    ))?;
                }
            }
        }
    }
    Ok(())
}
