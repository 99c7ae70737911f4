//! Numbers for people.

/// Groups of three digits, with narrow spaces.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    grouped
}

/// Milliseconds: as they are below ten seconds, as seconds above.
pub fn milliseconds(ms: f64) -> String {
    if ms < 10_000.0 { format!("{ms:.0} ms") } else { format!("{:.1} s", ms / 1000.0) }
}

/// Bytes in the largest unit that leaves a number above one.
pub fn bytes(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.0} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// The first of a list of numbers, and how many more there are.
pub fn numbers(all: &[u32]) -> String {
    const SHOWN: usize = 12;
    let shown: Vec<String> = all.iter().take(SHOWN).map(u32::to_string).collect();
    let shown = shown.join(", ");
    if all.len() > SHOWN { format!("{shown} and {} more", all.len() - SHOWN) } else { shown }
}

/// A long name's first and last digits.
pub fn short(name: &str) -> String {
    let count = name.chars().count();
    if count <= 20 {
        return name.into();
    }
    let head: String = name.chars().take(10).collect();
    let tail: String = name.chars().skip(count - 6).collect();
    format!("{head}…{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!(grouped(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!((milliseconds(12.3), milliseconds(12_340.0)), ("12 ms".into(), "12.3 s".into()));
        assert_eq!((bytes(999), bytes(386_051), bytes(5_000_000)), ("999 B".into(), "386 kB".into(), "5.0 MB".into()));
    }

    #[test]
    fn long_lists_are_cut() {
        assert_eq!(numbers(&[3, 1]), "3, 1");
        assert_eq!(numbers(&[7; 14]), "7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7 and 2 more");
    }

    #[test]
    fn long_names_are_cut_between_characters() {
        assert_eq!(short("short"), "short");
        assert_eq!(short(&"ä".repeat(66)), format!("{}…{}", "ä".repeat(10), "ä".repeat(6)));
    }
}
