//! A server that plays the other side: an execution client, or a node that is up to no good.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use tungstenite::WebSocket;

use crate::bench::Try;

/// A request.
pub struct Request {
    /// Method and path.
    pub line: String,
    pub body: Vec<u8>,
}

/// What is answered.
pub enum Answer {
    /// Status and body.
    Whole(u16, Vec<u8>),
    /// Status 200 and a body without end.
    Endless,
    /// The connection stays open.
    Nothing,
}

/// Starts a server; returns its URL. It ends with the test.
pub fn start(answer: impl Fn(&Request) -> Answer + Send + 'static) -> Try<String> {
    start_with_channel(answer, |_| {})
}

/// [`start`] with a channel (`GET /v1/channel`), whose other end `talk` gets in a thread of its own.
pub fn start_with_channel(
    answer: impl Fn(&Request) -> Answer + Send + 'static,
    talk: fn(WebSocket<TcpStream>),
) -> Try<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}", listener.local_addr()?);
    thread::spawn(move || {
        let mut open = Vec::new();
        for stream in listener.incoming().flatten() {
            if is_for_channel(&stream) {
                thread::spawn(move || tungstenite::accept(stream).map(talk).ok());
                continue;
            }
            // A peer that hangs up is none of the server's business.
            open.extend(exchange(stream, &answer).ok().flatten());
        }
    });
    Ok(url)
}

/// Whether the first request of a connection asks for the channel.
fn is_for_channel(stream: &TcpStream) -> bool {
    let mut start = [0; 16];
    stream.peek(&mut start).is_ok_and(|length| start[..length] == *b"GET /v1/channel ")
}

/// Answers one request; returns the connection if it is to stay open.
fn exchange(stream: TcpStream, answer: &impl Fn(&Request) -> Answer) -> Try<Option<TcpStream>> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        if header.trim().is_empty() {
            break;
        }
        if let Some(value) = header.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let answer = answer(&Request { line, body });
    let mut stream = reader.into_inner();
    match answer {
        Answer::Nothing => return Ok(Some(stream)),
        Answer::Whole(status, body) => {
            let length = body.len();
            let head = format!("HTTP/1.1 {status} -\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
            stream.write_all(head.as_bytes())?;
            stream.write_all(&body)?;
        }
        Answer::Endless => {
            stream.write_all(b"HTTP/1.1 200 -\r\ntransfer-encoding: chunked\r\n\r\n")?;
            let chunk = [b"100000\r\n".as_slice(), &[7; 1 << 20], b"\r\n"].concat();
            while stream.write_all(&chunk).is_ok() {}
        }
    }
    Ok(None)
}
