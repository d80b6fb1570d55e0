//! The log: structured, on standard error, without phone numbers in clear (they print masked by their type).

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt;

use crate::config::{self, LogFormat, LogLevel};

/// Starts it. Once in a process.
pub(crate) fn start(log: &config::Log, is_terminal: bool) {
    let level = match log.level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    let builder = fmt().with_max_level(level).with_writer(std::io::stderr).with_target(false);
    match log.format {
        LogFormat::Json => builder.json().flatten_event(true).init(),
        LogFormat::Text => builder.with_ansi(is_terminal).init(),
    }
}
