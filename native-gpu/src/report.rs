//! What commands print: one line of JSON for scripts, or lines for people.

use std::io::Write;

use hearth_machine::hash::Digest;
use hearth_shard::backend::BackendId;
use p3_field::PrimeField32;
use serde::Serialize;

use crate::failure::Failure;

/// Prints `value` as JSON if `json` is set, and otherwise the lines that `human` makes.
pub fn print(json: bool, value: &impl Serialize, human: impl FnOnce() -> String) -> Result<(), Failure> {
    let text = match json {
        true => serde_json::to_string(value).map_err(|error| Failure::Internal(error.to_string()))?,
        false => human(),
    };
    line(&text)
}

/// Prints a line to standard output.
pub fn line(text: &str) -> Result<(), Failure> {
    // `println!` would panic where nobody listens any more.
    writeln!(std::io::stdout(), "{text}").map_err(|source| Failure::Io { path: "standard output".into(), source })
}

/// The security of a verdict, as published.
#[derive(Clone, Debug, Serialize)]
pub struct Bits {
    backend: String,
    security_bits: u32,
    regime: String,
}

impl Bits {
    /// That of the weakest shard proof of the default backend that a verifier admits.
    pub fn of_shards() -> Self {
        Self::of(BackendId::default())
    }

    /// The same of this backend, each with a derivation of its own.
    pub fn of(backend: BackendId) -> Self {
        let claim = backend.claim();
        let (security_bits, regime) = (claim.bits, claim.regime.to_string());
        Self { backend: backend.to_string(), security_bits, regime }
    }
}

impl std::fmt::Display for Bits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bits, {}, {}", self.security_bits, self.regime, self.backend)
    }
}

/// A duration in seconds, rounded to milliseconds.
pub fn seconds(duration: std::time::Duration) -> f64 {
    (duration.as_secs_f64() * 1000.0).round() / 1000.0
}

/// A digest in hex, its elements as big-endian 32-bit numbers.
pub fn digest_hex(digest: &Digest) -> String {
    hex::encode(digest.map(|felt| felt.as_canonical_u32().to_be_bytes()).as_flattened())
}

/// Groups of three digits.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    #[test]
    fn digits_are_grouped_from_the_right() {
        assert_eq!(super::grouped(0), "0");
        assert_eq!(super::grouped(1_234), "1 234");
        assert_eq!(super::grouped(12_345_678), "12 345 678");
    }
}
