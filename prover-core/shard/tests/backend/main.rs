//! Tests of the backends on a toy machine.

mod fri;
mod hostile;
mod security;
mod toy;
mod whir;
