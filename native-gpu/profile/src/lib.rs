//! Where a guest's steps go, and what proving them costs: by function, by family of instructions, by call path.
//!
//! [`profile`] runs a program once more with a [`Host`](hearth_machine::exec::Host) that notes every instruction. Functions
//! are those of an ELF file's symbols, and where there are none, the targets of the program's direct calls. Call paths follow
//! the calling convention: `jal` and `jalr` that link to ra call, `jalr` through ra returns, a jump to the start of another
//! function is a tail call.
//!
//! Cost is *area*: cells of the rows, plus 1.8 for every message ([`Weights`]). It counts the rows of instructions and of
//! calls; the memory tree, decoding and padding belong to no single instruction, and are in the rows of the tables.

mod paths;
mod recorder;
mod symbols;
mod weights;

pub use recorder::{Counts, Error, profile};
pub use symbols::{Symbols, SymbolsError};
pub use weights::Weights;

use serde::Serialize;

/// Steps and area.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Cost {
    /// Instructions.
    pub steps: u64,
    /// Cells of their rows and 1.8 for each message.
    pub area: u64,
}

impl Cost {
    fn add(&mut self, other: Self) {
        self.steps += other.steps;
        self.area += other.area;
    }
}

/// What a function costs.
#[derive(Clone, Debug, Serialize)]
pub struct Function {
    /// Its name, demangled; its address where there are no symbols.
    pub name: String,
    /// Of its own instructions.
    pub own: Cost,
    /// With everything that it calls.
    pub total: Cost,
}

/// What a call path costs.
#[derive(Clone, Debug, Serialize)]
pub struct CallPath {
    /// Functions, outermost first.
    pub functions: Vec<String>,
    /// Of the last one's own instructions, when called by this path.
    pub own: Cost,
}

/// What a family of instructions costs, or the calls of an accelerator.
#[derive(Clone, Debug, Serialize)]
pub struct Kind {
    /// Name.
    pub name: &'static str,
    /// Its instructions.
    #[serde(flatten)]
    pub cost: Cost,
}

/// A run's profile.
#[derive(Clone, Debug, Serialize)]
pub struct Profile {
    /// Of the whole run.
    #[serde(flatten)]
    pub cost: Cost,
    /// Families of instructions and calls of accelerators, dearest first; those that do not occur are left out.
    pub kinds: Vec<Kind>,
    /// Functions, dearest first by their own instructions.
    pub functions: Vec<Function>,
    /// Call paths, dearest first.
    pub paths: Vec<CallPath>,
}
