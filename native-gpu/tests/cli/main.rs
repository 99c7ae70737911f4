//! The command line as scripts see it: exit codes and the lines of `--json`.

mod aggregate;
mod backend;
mod bench;
mod exit_codes;
mod hearth;
mod soundness;
