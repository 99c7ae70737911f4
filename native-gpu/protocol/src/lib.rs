//! The messages between a Hearth node, its workers and its pages. No I/O: node, tab and native worker share these types.
//!
//! | request | answer |
//! |---|---|
//! | `GET /v1/status` | [`Status`] |
//! | `GET /v1/blocks` | a list of [`Block`] |
//! | `GET /v1/key/{id}`, `GET /v1/proof/{id}` | bytes of the program's key, of the proof of the run |
//! | `POST /v1/lease` with [`LeaseRequest`] | 200 [`Lease`], 204 nothing to do, 403 [`Refusal`] (quarantine), 400 [`Refusal`] (another protocol), 429 |
//! | `GET /v1/package/{hash}` | bytes of a shard's package; `hash` is their SHA-256 |
//! | `GET /v1/channel`, a WebSocket | [`ToNode`] and [`ToPeer`]: leases the moment that there are some, and what changed |
//! | `PUT /v1/proof/{lease}` with a shard proof | 200 [`Receipt`], 410 the lease is gone, 413 too long, 422 [`Refusal`] |
//!
//! All JSON has these fields and may gain others; readers skip what they do not know. [`PROTOCOL`] changes when a field
//! changes its meaning.

#![no_std]

extern crate alloc;

mod channel;
mod status;
mod work;

pub use channel::{MAX_FRAME_BYTES, ToNode, ToPeer};
pub use status::{Block, Phases, Prediction, Run, RunState, Shard, ShardState, Status, Worker};
pub use work::{Lease, LeaseRequest, Receipt, Refusal, Verdict, is_worker_name};

/// Version of the protocol.
pub const PROTOCOL: u32 = 2;

/// Most bytes of a package on its way, compressed. A shard of 2^24 cells has about 60 KB; 2^26 cells of scattered memory
/// stay below this.
pub const MAX_PACKAGE_BYTES: usize = 16 << 20;
/// Most bytes of a shard proof.
pub const MAX_PROOF_BYTES: usize = 1 << 20;
/// Most bytes of a JSON request.
pub const MAX_REQUEST_BYTES: usize = 4 << 10;
/// Most bytes of a worker's name.
pub const MAX_WORKER_NAME: usize = 64;
/// Most bytes of a JSON answer to a worker.
pub const MAX_ANSWER_BYTES: usize = 64 << 10;
/// How long a worker waits after 204 before it asks again, in milliseconds. Add up to as much at random.
pub const IDLE_POLL_MS: u64 = 250;
