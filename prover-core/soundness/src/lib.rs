//! hearth-soundness
