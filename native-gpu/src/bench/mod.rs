//! What `hearth bench` measures, one guest to a process.

mod guest;
mod measure;
mod report;
mod system;

pub use guest::Guest;
pub use measure::{Setting, measure};
pub use report::table;
