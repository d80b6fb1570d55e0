//! callwarden: watches every outbound caller number of a dialer fleet, and acts on it before it is burnt.

mod cli;
mod command;
mod config;
mod http;
mod input;
mod log;
mod printer;
mod standalone;
mod summary;
mod wiring;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::{Cli, Command, ConfigCommand, NumbersCommand, TopicsCommand};
use crate::printer::Printer;

fn main() -> ExitCode {
    let Cli { settings, command } = Cli::parse();
    let printer = Printer::of_process();
    let result = match command {
        Command::Run(args) => command::run::run(&settings, &args, &printer),
        Command::Demo(args) => command::demo::run(&args, &printer),
        Command::Replay(args) => command::replay::run(&settings, &args, &printer),
        Command::Audit(args) => command::audit::run(&settings, &args, &printer),
        Command::Numbers(NumbersCommand::Show(args)) => command::numbers::show(&settings, &args, &printer),
        Command::Topics(TopicsCommand::Create(args)) => command::topics::create(&settings, &args, &printer),
        Command::Config(ConfigCommand::Check) => command::config::check(&settings, &printer),
        Command::Config(ConfigCommand::Show(args)) => command::config::show(&settings, &args, &printer),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => printer.failure(&failure).into(),
    }
}
