//! What commands print: one line of JSON for scripts, or lines for people.

use serde::Serialize;

use crate::failure::Failure;

/// Prints `value` as JSON if `json` is set, and otherwise the lines that `human` makes.
pub fn print(json: bool, value: &impl Serialize, human: impl FnOnce() -> String) -> Result<(), Failure> {
    if json {
        let line = serde_json::to_string(value).map_err(|error| Failure::Internal(error.to_string()))?;
        println!("{line}");
    } else {
        println!("{}", human());
    }
    Ok(())
}

/// A duration in seconds, rounded to milliseconds.
pub fn seconds(duration: std::time::Duration) -> f64 {
    (duration.as_secs_f64() * 1000.0).round() / 1000.0
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
