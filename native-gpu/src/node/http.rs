//! The endpoints (see `hearth-protocol`).

use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::rejection::JsonRejection;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{DefaultBodyLimit, Extension, Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use hearth_protocol::{LeaseRequest, MAX_FRAME_BYTES, MAX_PROOF_BYTES, MAX_REQUEST_BYTES, Receipt, Refusal, Verdict};
use hearth_scheduler::{Held, LeaseId, Verdict as Scheduled};
use tokio::sync::Semaphore;
use tower_http::cors::{Any, CorsLayer};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::services::{ServeDir, ServeFile};
use tower_http::timeout::{RequestBodyTimeoutLayer, TimeoutLayer};

use crate::node::grant::{self, NoLease, WorkerId};
use crate::node::judge::{Refused, judge};
use crate::node::serve::Peer;
use crate::node::state::Node;
use crate::node::store::StoreError;
use crate::node::{channel, metrics, status};

/// A request may take so long, verification of a proof included.
const REQUEST: Duration = Duration::from_secs(60);
/// A body may stand still so long.
const STALL: Duration = Duration::from_secs(10);
/// Most proofs that wait for verification.
const MAX_WAITING: usize = 256;
/// Most channels at once.
const MAX_CHANNELS: usize = 4_096;

/// The router and the node behind it.
pub struct Endpoints {
    /// The node.
    pub node: Arc<Node>,
    /// Its endpoints.
    pub router: Router,
}

/// What the handlers share.
#[derive(Clone)]
struct Shared {
    node: Arc<Node>,
    /// Proofs that are verified or wait for it.
    waiting: Arc<Semaphore>,
    /// Proofs that are verified.
    verifying: Arc<Semaphore>,
    /// Channels that are open.
    channels: Arc<Semaphore>,
}

/// All endpoints, and the files of `app`.
pub fn router(node: Arc<Node>, app: Option<PathBuf>) -> Endpoints {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let shared = Shared {
        node: node.clone(),
        waiting: Arc::new(Semaphore::new(MAX_WAITING)),
        verifying: Arc::new(Semaphore::new(cores)),
        channels: Arc::new(Semaphore::new(MAX_CHANNELS)),
    };
    let small = RequestBodyLimitLayer::new(MAX_REQUEST_BYTES);
    let mut router = Router::new()
        .route("/livez", get(async || "ok\n"))
        .route("/readyz", get(readyz))
        .route("/metrics", get(async |State(shared): State<Shared>| metrics::text(&shared.node)))
        .route("/v1/status", get(async |State(shared): State<Shared>| Json(status::status(&shared.node))))
        .route("/v1/blocks", get(async |State(shared): State<Shared>| Json(status::blocks(&shared.node))))
        .route("/v1/key/{id}", get(key))
        .route("/v1/proof/{id}", get(proof))
        .route("/v1/channel", get(channel))
        .route("/v1/lease", post(lease))
        .route("/v1/package/{hash}", get(package))
        .layer(small)
        .merge(
            Router::new()
                .route("/v1/proof/{id}", put(give))
                .layer((DefaultBodyLimit::disable(), RequestBodyLimitLayer::new(MAX_PROOF_BYTES))),
        )
        .with_state(shared);
    if let Some(app) = app {
        // Paths of the page that are no files are the page's own business.
        router = router.fallback_service(ServeDir::new(&app).fallback(ServeFile::new(app.join("index.html"))));
    }
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST, Method::PUT])
        .allow_headers([CONTENT_TYPE])
        .expose_headers([RETRY_AFTER])
        .max_age(Duration::from_secs(3600));
    let router = router
        .layer(RequestBodyTimeoutLayer::new(STALL))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, REQUEST))
        .layer(cors);
    Endpoints { node, router }
}

/// A refusal with its reason.
fn refuse(status: StatusCode, reason: impl ToString) -> Response {
    (status, Json(Refusal { reason: reason.to_string() })).into_response()
}

/// A refusal that says when to come back.
fn later(status: StatusCode, reason: impl ToString, ms: u64) -> Response {
    let mut response = refuse(status, reason);
    // At most a day, so that a clock that is wrong once does no harm.
    let seconds = ms.div_ceil(1000).clamp(1, 86_400);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// Bytes that never change under their name.
fn immutable(bytes: impl Into<Bytes>) -> Response {
    let headers = [(CONTENT_TYPE, "application/octet-stream"), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
    (headers, bytes.into()).into_response()
}

async fn readyz(State(shared): State<Shared>) -> Response {
    match shared.node.is_stopping() {
        true => refuse(StatusCode::SERVICE_UNAVAILABLE, "the node is stopping"),
        false => "ok\n".into_response(),
    }
}

async fn key(State(shared): State<Shared>, Path(id): Path<String>) -> Response {
    let (open, kept) = {
        let inner = shared.node.lock();
        let open = inner.runs.values().find(|run| run.id == id).map(|run| run.program.key().to_bytes());
        (open, inner.finished.iter().find(|run| run.block.id == id).map(|run| run.key.clone()))
    };
    match (open, kept) {
        (Some(key), _) => immutable(key),
        (None, Some(name)) => file(&shared, name).await,
        (None, None) => refuse(StatusCode::NOT_FOUND, "no run of this id"),
    }
}

async fn proof(State(shared): State<Shared>, Path(id): Path<String>) -> Response {
    let name = shared.node.lock().finished.iter().find(|run| run.block.id == id).map(|run| run.proof.clone());
    match name {
        Some(name) => file(&shared, name).await,
        None => refuse(StatusCode::NOT_FOUND, "no proved run of this id"),
    }
}

/// A file of the store.
async fn file(shared: &Shared, name: String) -> Response {
    let node = shared.node.clone();
    match tokio::task::spawn_blocking(move || node.store.read(&name)).await {
        Ok(Ok(bytes)) => immutable(bytes),
        Ok(Err(error)) => {
            tracing::error!("{error}");
            let status = match error {
                StoreError::File { .. } | StoreError::Content(_) => StatusCode::GONE,
                StoreError::Records(_) | StoreError::Damaged(_) => StatusCode::INTERNAL_SERVER_ERROR,
            };
            refuse(status, "the file is damaged or gone")
        }
        Err(_) => refuse(StatusCode::INTERNAL_SERVER_ERROR, "the node failed"),
    }
}

async fn package(State(shared): State<Shared>, Path(hash): Path<String>) -> Response {
    let package = shared.node.lock().packages.get(&hash).cloned();
    match package {
        Some(bytes) => {
            shared.node.metrics.package_bytes.add(bytes.len() as u64);
            immutable(bytes)
        }
        None => refuse(StatusCode::NOT_FOUND, "no shard that is still to be proved has this package"),
    }
}

async fn channel(
    State(shared): State<Shared>,
    Extension(Peer(peer)): Extension<Peer>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let Ok(permit) = shared.channels.clone().try_acquire_owned() else {
        return later(StatusCode::SERVICE_UNAVAILABLE, "too many channels", 5_000);
    };
    upgrade
        .max_message_size(MAX_FRAME_BYTES)
        .max_frame_size(MAX_FRAME_BYTES)
        .on_upgrade(move |socket| channel::converse(shared.node, peer, socket, permit))
}

async fn lease(
    State(shared): State<Shared>,
    Extension(Peer(peer)): Extension<Peer>,
    body: Result<Json<LeaseRequest>, JsonRejection>,
) -> Response {
    let Json(request) = match body {
        Ok(body) => body,
        Err(error) => return refuse(error.status(), error.body_text()),
    };
    let worker = match WorkerId::admit(request.protocol, &request.worker, peer) {
        Ok(worker) => worker,
        Err(error) => return refuse(StatusCode::BAD_REQUEST, error),
    };
    match grant::lease(&shared.node, &worker, request.log_cells_max) {
        Ok(lease) => Json(lease).into_response(),
        Err(NoLease::Nothing) => StatusCode::NO_CONTENT.into_response(),
        Err(reason @ NoLease::Busy { ms }) => later(StatusCode::TOO_MANY_REQUESTS, reason, ms),
        Err(reason @ NoLease::Quarantined { ms }) => later(StatusCode::FORBIDDEN, reason, ms),
        Err(NoLease::Stopping) => later(StatusCode::SERVICE_UNAVAILABLE, NoLease::Stopping, 5_000),
    }
}

async fn give(State(shared): State<Shared>, Path(token): Path<String>, body: Bytes) -> Response {
    shared.node.metrics.proof_bytes.add(body.len() as u64);
    let gone = || {
        shared.node.metrics.gone.add(1);
        refuse(StatusCode::GONE, "the lease was used, ended, or never was")
    };
    let Some(id) = lease_id(&token) else { return gone() };
    let Ok(waiting) = shared.waiting.clone().try_acquire_owned() else {
        return later(StatusCode::SERVICE_UNAVAILABLE, "too many proofs wait for verification", 1_000);
    };
    let held = shared.node.lock().scheduler.take(id, shared.node.now());
    let Ok(held) = held else { return gone() };
    // On its own, so that it ends properly even if the sender hangs up.
    let judged = tokio::spawn(async move {
        let answer = verify(&shared, held, body).await;
        drop(waiting);
        answer
    });
    match judged.await {
        Ok(answer) => answer,
        Err(_) => refuse(StatusCode::INTERNAL_SERVER_ERROR, "the node failed"),
    }
}

async fn verify(shared: &Shared, held: Held, body: Bytes) -> Response {
    // The semaphore is never closed; a permit bounds the work, and without one the proof is judged all the same.
    let permit = shared.verifying.clone().acquire_owned().await.ok();
    let node = shared.node.clone();
    let judged = tokio::task::spawn_blocking(move || {
        let verdict = judge(&node, held, &body);
        drop(permit);
        verdict
    });
    match judged.await {
        Ok(Ok(verdict)) => {
            let verdict = match verdict {
                Scheduled::First => Verdict::Accepted,
                Scheduled::Late => Verdict::Late,
            };
            Json(Receipt { verdict }).into_response()
        }
        Ok(Err(Refused::Wrong(reason))) => refuse(StatusCode::UNPROCESSABLE_ENTITY, reason),
        Ok(Err(Refused::Over)) => refuse(StatusCode::GONE, Refused::Over),
        Ok(Err(Refused::NotKept(_))) => {
            later(StatusCode::SERVICE_UNAVAILABLE, "the node cannot keep proofs at the moment", 5_000)
        }
        Err(_) => refuse(StatusCode::INTERNAL_SERVER_ERROR, "the node failed"),
    }
}

fn lease_id(token: &str) -> Option<LeaseId> {
    let digits = token.len() == 32 && token.bytes().all(|byte| byte.is_ascii_hexdigit());
    digits.then(|| u128::from_str_radix(token, 16).ok().map(LeaseId)).flatten()
}
