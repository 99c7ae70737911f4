//! A node as a process, and what a worker can do to it.

use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use hearth_parcel::unpack;
use hearth_protocol::{Block, Lease, LeaseRequest, PROTOCOL, Run, RunState, Status};
use hearth_shard::prover::ShardProver;
use hearth_soundness::SizeClass;
use pollster::block_on;
use ureq::Agent;

pub use super::raw::{endless, oversized};

/// The result of a test.
pub type Try<T = ()> = Result<T, Box<dyn Error>>;

/// How long anything may take, on a machine that has other work too.
pub const PATIENCE: Duration = Duration::from_secs(240);
const HEARTH: &str = env!("CARGO_BIN_EXE_hearth");
const GUEST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../guests/elf/fibonacci.elf");
const CLASS: SizeClass = SizeClass::Test20;

/// A folder that goes with the test.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Try<Self> {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("node-{name}"));
        if path.exists() {
            fs::remove_dir_all(&path)?;
        }
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Left for the next run to remove if that fails.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The Fibonacci guest with an input: five instructions for each unit of it, some 20 000 in a shard.
pub struct Program {
    input: PathBuf,
}

impl Program {
    pub fn new(folder: &Folder, n: u64) -> Try<Self> {
        let input = folder.0.join("input");
        fs::write(&input, n.to_le_bytes())?;
        Ok(Self { input })
    }

    /// A node's options for this run, and `more`.
    fn work<'a>(&'a self, more: &[&'a str]) -> Try<Vec<&'a str>> {
        let input = self.input.to_str().ok_or("a path that is no text")?;
        Ok([&["--program", GUEST, "--input", input], more].concat())
    }
}

/// A node.
pub struct Node {
    process: Child,
    url: String,
    agent: Agent,
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Node {
    pub fn start(folder: &Folder, program: &Program, more: &[&str]) -> Try<Self> {
        Self::launch(folder, &program.work(more)?)
    }

    /// [`Node::start`] with a node that survives what [`Node::limit_files`] does to it.
    pub fn start_limitable(folder: &Folder, program: &Program, more: &[&str]) -> Try<Self> {
        let mut command = Command::new("sh");
        // The signal of a write beyond the limit is ignored, and the write itself fails.
        command.args(["-c", "trap '' XFSZ; exec \"$@\"", "sh", HEARTH]);
        Self::spawn(command, folder, CLASS, &program.work(more)?)
    }

    /// Lets no write reach beyond so many KiB of a file, as a disk that is full does; `None` makes room again.
    pub fn limit_files(&self, kib: Option<u64>) -> Try {
        let limit = kib.map_or("unlimited".into(), |kib| (kib << 10).to_string());
        let mut set = Command::new("prlimit");
        set.args(["--pid", &self.process.id().to_string(), &format!("--fsize={limit}:")]);
        match set.status()?.success() {
            true => Ok(()),
            false => Err("prlimit failed".into()),
        }
    }

    /// A node with this work.
    pub fn launch(folder: &Folder, work: &[&str]) -> Try<Self> {
        Self::launch_class(folder, CLASS, work)
    }

    /// [`Node::launch`] with shards of `class`.
    pub fn launch_class(folder: &Folder, class: SizeClass, work: &[&str]) -> Try<Self> {
        Self::spawn(Command::new(HEARTH), folder, class, work)
    }

    fn spawn(mut hearth: Command, folder: &Folder, class: SizeClass, work: &[&str]) -> Try<Self> {
        let mut process = hearth
            .args(["node", "--json", "--log-cells", &class.id().to_string(), "--data-dir"])
            .arg(folder.0.join("data"))
            .args(work)
            .stdout(Stdio::piped())
            .spawn()?;
        let mut lines = BufReader::new(process.stdout.take().ok_or("no output")?).lines();
        let first: serde_json::Value = serde_json::from_str(&lines.next().ok_or("the node said nothing")??)?;
        let url = first["url"].as_str().ok_or("no URL")?.to_owned();
        thread::spawn(move || lines.for_each(drop));
        let agent = Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE)).build().into();
        Ok(Self { process, url, agent })
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    pub fn get(&self, path: &str) -> Try<(u16, Vec<u8>)> {
        let answer = self.agent.get(format!("{}{path}", self.url)).call()?;
        let status = answer.status().as_u16();
        let mut body = Vec::new();
        answer.into_body().into_reader().read_to_end(&mut body)?;
        Ok((status, body))
    }

    pub fn status(&self) -> Try<Status> {
        Ok(serde_json::from_slice(&self.get("/v1/status")?.1)?)
    }

    /// The status of a lease request with this body.
    pub fn post(&self, body: &[u8]) -> Try<u16> {
        let request = self.agent.post(format!("{}/v1/lease", self.url)).header("content-type", "application/json");
        Ok(request.send(body)?.status().as_u16())
    }

    pub fn ask_with(&self, worker: &str, log_cells_max: u8) -> Try<u16> {
        let request = LeaseRequest { worker: worker.into(), protocol: PROTOCOL, log_cells_max };
        self.post(&serde_json::to_vec(&request)?)
    }

    pub fn ask(&self, worker: &str) -> Try<u16> {
        self.ask_with(worker, CLASS.id())
    }

    pub fn lease(&self, worker: &str) -> Try<Lease> {
        let request = LeaseRequest { worker: worker.into(), protocol: PROTOCOL, log_cells_max: CLASS.id() };
        let post = self.agent.post(format!("{}/v1/lease", self.url)).header("content-type", "application/json");
        let mut answer = post.send(&serde_json::to_vec(&request)?[..])?;
        let body = answer.body_mut().read_to_vec()?;
        match answer.status().as_u16() {
            200 => Ok(serde_json::from_slice(&body)?),
            status => Err(format!("no lease for {worker}: {status} {}", String::from_utf8_lossy(&body)).into()),
        }
    }

    /// What an honest worker would return.
    pub fn prove(&self, lease: &Lease) -> Try<Vec<u8>> {
        let package = unpack(&self.get(&lease.package_url)?.1, CLASS.max_package_bytes())?;
        let (proof, _) = block_on(ShardProver::new(CLASS)?.prove(&package, |_| true))?;
        Ok(proof.to_bytes())
    }

    pub fn put(&self, lease: &str, proof: &[u8]) -> Try<u16> {
        Ok(self.agent.put(format!("{}/v1/proof/{lease}", self.url)).send(proof)?.status().as_u16())
    }

    /// Waits until the run is as it should be.
    pub fn wait_until(&self, wanted: impl Fn(&Run) -> bool) -> Try<Run> {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            if let Some(run) = self.status()?.runs.into_iter().next().filter(&wanted) {
                return Ok(run);
            }
            thread::sleep(Duration::from_millis(50));
        }
        Err("waited in vain".into())
    }

    /// Waits until the one run is proved.
    pub fn wait_for_proof(&self) -> Try<Block> {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            let blocks: Vec<Block> = serde_json::from_slice(&self.get("/v1/blocks")?.1)?;
            match blocks.into_iter().next() {
                Some(block) if block.state == RunState::Done => return Ok(block),
                Some(Block { error: Some(error), .. }) => return Err(error.into()),
                _ => thread::sleep(Duration::from_millis(50)),
            }
        }
        Err("no proof".into())
    }

    /// SIGKILL.
    pub fn kill(&mut self) -> Try {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    /// SIGTERM.
    pub fn terminate(&mut self) -> Try<ExitStatus> {
        terminate(&mut self.process)
    }
}

/// Starts `hearth worker`.
pub fn worker(node: &Node, name: &str) -> Try<Child> {
    worker_of(node.url(), name)
}

/// Starts `hearth worker` for the node at this URL and the guest of [`Program`].
pub fn worker_of(url: &str, name: &str) -> Try<Child> {
    worker_with(url, name, &["--program", GUEST])
}

/// Starts `hearth worker` with these options.
pub fn worker_with(url: &str, name: &str, more: &[&str]) -> Try<Child> {
    let class = CLASS.id().to_string();
    Ok(Command::new(HEARTH)
        .args(["worker", "--node", url, "--name", name, "--log-cells-max", &class])
        .args(more)
        // Of a line or two: nobody has to read it.
        .stderr(Stdio::piped())
        .spawn()?)
}

/// How a process ends by itself; one that does not is killed.
pub fn exit(process: &mut Child) -> Try<ExitStatus> {
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        if let Some(status) = process.try_wait()? {
            return Ok(status);
        }
        thread::sleep(Duration::from_millis(50));
    }
    process.kill()?;
    Err("the process does not end".into())
}

/// Memory that a process holds.
pub fn memory_kib(process: &Child) -> Try<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", process.id()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.split_whitespace().next().ok_or("no number")?.parse()?)
}

/// SIGTERM, and how the process ended.
pub fn terminate(process: &mut Child) -> Try<ExitStatus> {
    if !Command::new("kill").args(["-TERM", &process.id().to_string()]).status()?.success() {
        return Err("kill failed".into());
    }
    Ok(process.wait()?)
}

/// A body that stops in the middle: whether the node ends it.
pub fn stall(node: &Node) -> Try<JoinHandle<bool>> {
    let mut stream = TcpStream::connect(node.address())?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let token = "1".repeat(32);
    write!(stream, "PUT /v1/proof/{token} HTTP/1.1\r\nhost: node\r\ncontent-length: 1000\r\n\r\nfirst bytes")?;
    Ok(thread::spawn(move || {
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).is_ok() && !answer.starts_with(b"HTTP/1.1 2")
    }))
}
