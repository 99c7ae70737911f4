//! Connections: how many, how slow, and how they end.

use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt;

use crate::node::http::Endpoints;

/// Most connections at once.
const MAX_CONNECTIONS: u32 = 4_096;
/// How long the head of a request may take, and a connection be idle.
const HEAD: Duration = Duration::from_secs(15);
/// How long requests may go on once the node stops.
const GRACE: Duration = Duration::from_secs(10);

/// The address of whoever sent a request.
#[derive(Clone, Copy)]
pub struct Peer(pub IpAddr);

/// Serves until `stop`, then lets open requests end.
pub async fn serve(listener: TcpListener, endpoints: Endpoints, stop: impl Future<Output = ()>) -> io::Result<()> {
    let connections = Arc::new(Semaphore::new(MAX_CONNECTIONS as usize));
    let (ending, _) = watch::channel(false);
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEAD);
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, or the peer is gone already: neither ends the node.
                tracing::warn!("accept: {error}");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let Ok(permit) = connections.clone().try_acquire_owned() else {
            endpoints.node.metrics.refused.add(1);
            continue;
        };
        let peer = Peer(address.ip());
        let router: Router = endpoints.router.clone();
        let service = router.map_request(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(peer);
            request
        });
        let connection =
            server.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service)).with_upgrades();
        let mut ends = ending.subscribe();
        tokio::spawn(async move {
            let mut connection = pin!(connection);
            let served = tokio::select! {
                served = connection.as_mut() => served,
                // The request that is under way is answered, and no other.
                _ = ends.changed() => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = served {
                tracing::debug!("connection: {error}");
            }
            drop(permit);
        });
    }
    drop(listener);
    ending.send_replace(true);
    // With all permits back, all connections have ended.
    if tokio::time::timeout(GRACE, connections.acquire_many(MAX_CONNECTIONS)).await.is_err() {
        tracing::warn!("requests that did not end were cut off");
    }
    Ok(())
}
