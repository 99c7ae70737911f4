//! hearth-shard
