//! One module a subcommand: what it was told, what it does, what it prints.

pub(crate) mod audit;
pub(crate) mod config;
pub(crate) mod demo;
pub(crate) mod numbers;
pub(crate) mod replay;
pub(crate) mod run;
pub(crate) mod topics;
