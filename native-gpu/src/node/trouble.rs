//! Why a run cannot be proved, and what the node's owner can do about it.

use std::fmt::Display;

/// What is to blame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The block file.
    File,
    /// The execution client.
    Client,
    /// What the program reads: more than a run may read.
    Input,
    /// The program with this input: it does not end, or does what no program may.
    Program,
    /// The block has more cells than everyone who is there can prove in a slot.
    TooLarge,
    /// The data folder.
    Storage,
    /// The node itself.
    Bug,
}

impl Cause {
    /// What to do.
    pub const fn fix(self) -> &'static str {
        match self {
            Self::File => "Look at the file with `hearth block inspect FILE`.",
            Self::Client => {
                "Try `hearth doctor --follow URL`: the client must be in sync, and have debug_executionWitness or a tracer and \
                 eth_getProof. A block that is reorganised away needs nothing: the next one is tried."
            }
            Self::Input => "Give the program less to read.",
            Self::Program => "Try `hearth execute`: it says where the program ends.",
            Self::TooLarge => {
                "More or faster workers, a longer --slot, or --late-blocks on, which proves it after its slot."
            }
            Self::Storage => {
                "Make room in the data folder, or mend it, and start the node again: what was proved is kept, and the run is \
                 finished from it."
            }
            Self::Bug => "Report it, with the block or the program and its input.",
        }
    }
}

/// Why a run cannot be proved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Trouble {
    /// What is to blame.
    pub cause: Cause,
    /// In words.
    pub reason: String,
}

impl Trouble {
    /// Trouble with this reason.
    pub fn new(cause: Cause, reason: impl Display) -> Self {
        Self { cause, reason: reason.to_string() }
    }

    /// Of an error, for `map_err`.
    pub fn of<E: Display>(cause: Cause) -> impl Fn(E) -> Self {
        move |error| Self::new(cause, error)
    }
}
