//! The channel to a tab or worker (see `hearth_protocol`): a shard goes out the moment that there is one, and nobody has to ask
//! again and again.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use hearth_protocol::{MAX_FRAME_BYTES, PROTOCOL, ToNode, ToPeer};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};

use crate::node::grant::{self, NoLease, WorkerId};
use crate::node::state::Node;

/// How long the first message may take, and a message that goes out.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often a sign of life is asked for.
const BEAT: Duration = Duration::from_secs(5);
/// Who gave none for so long is gone.
const SILENCE: Duration = Duration::from_secs(20);
/// How often a shard is looked for while none was announced: leases may have passed, and copies of late shards are given out.
const RETRY: Duration = Duration::from_millis(500);
/// Most messages between two beats.
const MAX_MESSAGES: u32 = 100;

/// Why a conversation ends. The reason is told to the other side.
#[derive(Debug, thiserror::Error)]
enum End {
    /// It hung up, or does not take what is sent.
    #[error("the connection is gone")]
    Gone,
    /// It says what it may not.
    #[error("{0}")]
    Refused(String),
}

/// Talks until one side has enough. `_permit` bounds how many talk at once.
pub async fn converse(node: Arc<Node>, peer: IpAddr, mut socket: WebSocket, _permit: OwnedSemaphorePermit) {
    if let Err(End::Refused(reason)) = talk(&node, peer, &mut socket).await {
        tracing::debug!("channel of {peer}: {reason}");
        // It may be gone already.
        let _ = send(&mut socket, &ToPeer::Refused { reason }).await;
    }
}

async fn talk(node: &Node, peer: IpAddr, socket: &mut WebSocket) -> Result<(), End> {
    let mut changes = node.changes();
    let worker = welcome(peer, socket).await?;
    node.metrics.channels.add(1);
    let mut beat = interval(BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut heard, mut messages) = (Instant::now(), 0);
    // What it asked for and did not get yet, and when to look again.
    let mut asked: Option<(u8, Instant)> = None;
    while !node.is_stopping() {
        let look = asked.map_or_else(Instant::now, |(_, look)| look);
        tokio::select! {
            message = receive(socket) => {
                heard = Instant::now();
                messages += 1;
                match (message?, &worker) {
                    _ if messages > MAX_MESSAGES => return Err(End::Refused("too many messages".into())),
                    (None, _) => {}
                    (Some(ToNode::Ask { log_cells_max }), Some(_)) => asked = Some((log_cells_max, Instant::now())),
                    (Some(ToNode::Ask { .. }), None) => return Err(End::Refused("who asks for work has a name".into())),
                    (Some(ToNode::Hello { .. }), _) => return Err(End::Refused("hello was said already".into())),
                }
            }
            _ = changes.changed() => send(socket, &ToPeer::Changed).await?,
            _ = beat.tick() => {
                messages = 0;
                if heard.elapsed() > SILENCE {
                    return Err(End::Gone);
                }
                put(socket, Message::Ping(Default::default())).await?;
            }
            () = node.shard_is_ready(), if asked.is_some() => asked = asked.map(|(size, _)| (size, Instant::now())),
            () = sleep_until(look), if asked.is_some() => {
                if let (Some((size, _)), Some(worker)) = (asked, &worker) {
                    asked = answer(node, socket, worker, size).await?;
                }
            }
        }
    }
    Err(End::Refused(NoLease::Stopping.to_string()))
}

/// Hears the first message and answers it; returns the worker, if it is one.
async fn welcome(peer: IpAddr, socket: &mut WebSocket) -> Result<Option<WorkerId>, End> {
    let Ok(first) = timeout(PATIENCE, receive(socket)).await else { return Err(End::Gone) };
    let Some(ToNode::Hello { protocol, worker }) = first? else {
        return Err(End::Refused("the first message is a hello".into()));
    };
    let name = worker.as_deref();
    // Who only watches needs no name, and the same protocol all the same.
    let admitted = WorkerId::admit(protocol, name.unwrap_or("watcher"), peer);
    let worker = admitted.map_err(|error| End::Refused(error.to_string()))?;
    let version = env!("CARGO_PKG_VERSION").into();
    send(socket, &ToPeer::Welcome { protocol: PROTOCOL, version }).await?;
    Ok(name.map(|_| worker))
}

/// Gives out a shard, or says why not, or waits for one: then it is still asked for.
async fn answer(
    node: &Node,
    socket: &mut WebSocket,
    worker: &WorkerId,
    log_cells_max: u8,
) -> Result<Option<(u8, Instant)>, End> {
    let message = match grant::lease(node, worker, log_cells_max) {
        Ok(lease) => ToPeer::Lease(lease),
        Err(NoLease::Nothing) => return Ok(Some((log_cells_max, Instant::now() + RETRY))),
        Err(reason @ NoLease::Busy { ms }) => ToPeer::Later { ms, reason: reason.to_string() },
        Err(reason @ (NoLease::Quarantined { .. } | NoLease::Stopping)) => {
            return Err(End::Refused(reason.to_string()));
        }
    };
    send(socket, &message).await?;
    Ok(None)
}

/// The next message; `None` for a sign of life.
async fn receive(socket: &mut WebSocket) -> Result<Option<ToNode>, End> {
    match socket.recv().await {
        Some(Ok(Message::Text(text))) => {
            serde_json::from_str(&text).map(Some).map_err(|error| End::Refused(format!("not understood: {error}")))
        }
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(None),
        Some(Ok(Message::Binary(_))) => Err(End::Refused("messages are text".into())),
        Some(Ok(Message::Close(_)) | Err(_)) | None => Err(End::Gone),
    }
}

async fn send(socket: &mut WebSocket, message: &ToPeer) -> Result<(), End> {
    let text = serde_json::to_string(message).map_err(|error| End::Refused(error.to_string()))?;
    debug_assert!(text.len() <= MAX_FRAME_BYTES, "a message of the node has a name and a few numbers");
    put(socket, Message::Text(text.into())).await
}

async fn put(socket: &mut WebSocket, message: Message) -> Result<(), End> {
    match timeout(PATIENCE, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(End::Gone),
    }
}
