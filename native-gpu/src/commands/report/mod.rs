//! `hearth report`: what a node did.

mod check;
mod rtp;
mod run;
mod table;

use clap::Subcommand;

use crate::failure::Failure;

#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// The runs of a node: who proved what, how long each phase took, and this command's own verdict on the proofs.
    Run(run::Arguments),
    /// How close to real time a node proves: phases, late and missing proofs, slack, downloads.
    Rtp(rtp::Arguments),
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    match &arguments.command {
        Command::Run(arguments) => run::run(arguments),
        Command::Rtp(arguments) => rtp::run(arguments),
    }
}
