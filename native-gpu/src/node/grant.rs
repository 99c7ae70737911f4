//! Leases: who asks gets a shard, or hears why not, over HTTP and over the channel alike.

use std::net::IpAddr;

use hearth_protocol::{Lease, PROTOCOL, is_worker_name};
use hearth_scheduler::{Kind, LeaseId, Millis, Refused};

use crate::node::state::Node;

/// Why there is no lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoLease {
    /// There is nothing to do.
    #[error("there is nothing to do")]
    Nothing,
    /// It holds as many as it may, or let too many pass.
    #[error("return what you have first")]
    Busy {
        /// Milliseconds until it may ask again.
        ms: Millis,
    },
    /// It sent a wrong proof.
    #[error("quarantine after a wrong proof")]
    Quarantined {
        /// Milliseconds until it may ask again.
        ms: Millis,
    },
    /// The node ends.
    #[error("the node is stopping")]
    Stopping,
}

/// Why nobody is let in under this name or protocol.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAdmitted {
    /// Another protocol.
    #[error("this node speaks protocol {PROTOCOL}, not {0}: reload or update")]
    Protocol(u32),
    /// No name.
    #[error("a worker's name has 1 to 64 letters, digits, '-', '_', '.'")]
    Name,
}

/// A worker as the scheduler knows it. The address is part of who it is, so that nobody elsewhere can ruin its name.
#[derive(Clone, Debug)]
pub struct WorkerId(String);

impl WorkerId {
    /// The worker of this name at this address.
    ///
    /// # Errors
    ///
    /// Another protocol than the node's, or a name that is none.
    pub fn admit(protocol: u32, name: &str, peer: IpAddr) -> Result<Self, NotAdmitted> {
        match (protocol == PROTOCOL, is_worker_name(name)) {
            (false, _) => Err(NotAdmitted::Protocol(protocol)),
            (_, false) => Err(NotAdmitted::Name),
            (true, true) => Ok(Self(format!("{name}@{peer}"))),
        }
    }
}

/// A shard for a worker.
///
/// # Errors
///
/// Why it gets none now.
pub fn lease(node: &Node, worker: &WorkerId, log_cells_max: u8) -> Result<Lease, NoLease> {
    if node.is_stopping() {
        return Err(NoLease::Stopping);
    }
    let id = LeaseId(rand::random());
    let now = node.now();
    let mut inner = node.lock();
    let grant =
        inner.scheduler.lease(id, &worker.0, Kind::Swarm, log_cells_max, now).map_err(|refused| match refused {
            Refused::Nothing => NoLease::Nothing,
            Refused::Busy(until) => NoLease::Busy { ms: until.saturating_sub(now) },
            Refused::Quarantined(until) => NoLease::Quarantined { ms: until.saturating_sub(now) },
        })?;
    let run = inner.runs.get(&grant.shard.run).ok_or(NoLease::Nothing)?;
    let shard = run.shards.get(grant.shard.index as usize).ok_or(NoLease::Nothing)?;
    node.metrics.leases.add(1);
    Ok(Lease {
        lease: format!("{:032x}", id.0),
        run: run.id.clone(),
        name: run.name.clone(),
        shard: grant.shard.index,
        package_url: format!("/v1/package/{}", shard.package),
        log_cells: node.class.id(),
        deadline_ms: grant.deadline.saturating_sub(now),
    })
}
