//! hearth-chips
