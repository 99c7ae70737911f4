//! What the user lets the tab take of the machine.

use std::collections::VecDeque;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

/// Shares of the time, in percent, among which the user chooses.
pub const SHARES: [u8; 4] = [25, 50, 75, 100];
/// Hours that a session may have.
pub const SESSION_HOURS: RangeInclusive<u32> = 1..=24;
/// Megabytes that an hour may have.
pub const MEGABYTES: RangeInclusive<u32> = 10..=100_000;
/// What counts for the cap on data.
const HOUR_MS: f64 = 3_600_000.0;

/// Limits of this tab. They hold here, whatever the node asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Percent of the time in which it proves; it rests in between.
    pub share: u8,
    /// Whether it takes nothing new while the machine runs on its battery.
    pub spare_battery: bool,
    /// Hours of the day, from the first to before the second, outside of which it takes nothing new.
    pub window: Option<(u8, u8)>,
    /// Hours after which it ends.
    pub session_hours: u32,
    /// Megabytes, in and out, within an hour after which it takes nothing new.
    pub megabytes_per_hour: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { share: 100, spare_battery: true, window: None, session_hours: 4, megabytes_per_hour: 1_000 }
    }
}

/// The machine and the session as they are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Now {
    /// Whether it runs on its battery, where the browser says so.
    pub on_battery: Option<bool>,
    /// Hour of the day.
    pub hour: u8,
    /// Milliseconds since Start.
    pub session_ms: f64,
    /// Bytes within the last hour.
    pub bytes: u64,
}

/// Why nothing new is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// The machine runs on its battery.
    Battery,
    /// It is not the time of day: the hour at which it is.
    Window(u8),
    /// The hour has had its data.
    Data,
    /// The session is over: its hours.
    Session(u32),
}

impl Hold {
    /// In words.
    pub fn words(self) -> String {
        match self {
            Self::Battery => "Paused: the machine runs on its battery. It goes on when it is plugged in.".into(),
            Self::Window(hour) => format!("Paused: outside of your hours. It goes on at {hour}:00."),
            Self::Data => "Paused: your limit of data is reached. It goes on when the hour is over.".into(),
            Self::Session(hours) => format!("Ended after {hours} h, as you wanted. Start begins another session."),
        }
    }

    /// Whether it passes by itself.
    pub const fn passes(self) -> bool {
        !matches!(self, Self::Session(_))
    }
}

impl Limits {
    /// The same, with everything within what can be chosen: what was kept may have been changed by hand.
    pub fn sane(mut self) -> Self {
        if !SHARES.contains(&self.share) {
            self.share = Self::default().share;
        }
        self.window = self.window.filter(|&(from, to)| from < 24 && to < 24);
        self.session_hours = self.session_hours.clamp(*SESSION_HOURS.start(), *SESSION_HOURS.end());
        self.megabytes_per_hour = self.megabytes_per_hour.clamp(*MEGABYTES.start(), *MEGABYTES.end());
        self
    }

    /// Why nothing new is to be taken now, if something speaks against it.
    pub fn hold(&self, now: &Now) -> Option<Hold> {
        if now.session_ms >= f64::from(self.session_hours) * HOUR_MS {
            return Some(Hold::Session(self.session_hours));
        }
        if self.spare_battery && now.on_battery == Some(true) {
            return Some(Hold::Battery);
        }
        if let Some((from, _)) = self.window.filter(|&window| !is_within(window, now.hour)) {
            return Some(Hold::Window(from));
        }
        (now.bytes >= u64::from(self.megabytes_per_hour) * 1_000_000).then_some(Hold::Data)
    }

    /// Milliseconds of rest after so many of work.
    pub fn rest_ms(&self, worked_ms: f64) -> f64 {
        worked_ms * f64::from(100 - self.share) / f64::from(self.share)
    }
}

/// Whether an hour lies in a window, which may have midnight in it; from an hour to the same one is a day.
const fn is_within((from, to): (u8, u8), hour: u8) -> bool {
    if from < to { from <= hour && hour < to } else { from <= hour || hour < to }
}

/// Bytes in and out, as long as they count.
#[derive(Debug, Default)]
pub struct Traffic(VecDeque<(f64, u64)>);

impl Traffic {
    /// Adds bytes at a time in milliseconds.
    pub fn add(&mut self, at: f64, bytes: u64) {
        self.0.push_back((at, bytes));
    }

    /// Bytes within the hour before a time; what is older is forgotten.
    pub fn within_hour(&mut self, now: f64) -> u64 {
        while self.0.front().is_some_and(|(at, _)| now - at >= HOUR_MS) {
            self.0.pop_front();
        }
        self.0.iter().map(|(_, bytes)| bytes).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FREE: Now = Now { on_battery: Some(false), hour: 12, session_ms: 0.0, bytes: 0 };

    #[test]
    fn each_limit_holds_at_its_edge() {
        let limits = Limits { megabytes_per_hour: 10, ..Limits::default() };
        assert_eq!(limits.hold(&FREE), None);
        assert_eq!(limits.hold(&Now { on_battery: None, ..FREE }), None, "a browser that does not say");
        assert_eq!(limits.hold(&Now { on_battery: Some(true), ..FREE }), Some(Hold::Battery));
        assert_eq!(limits.hold(&Now { session_ms: 4.0 * HOUR_MS - 1.0, ..FREE }), None);
        assert_eq!(limits.hold(&Now { session_ms: 4.0 * HOUR_MS, ..FREE }), Some(Hold::Session(4)));
        assert_eq!(limits.hold(&Now { bytes: 9_999_999, ..FREE }), None);
        assert_eq!(limits.hold(&Now { bytes: 10_000_000, ..FREE }), Some(Hold::Data));
        let any_power = Limits { spare_battery: false, ..limits };
        assert_eq!(any_power.hold(&Now { on_battery: Some(true), ..FREE }), None);
    }

    #[test]
    fn a_window_may_have_midnight_in_it() {
        let hours = |window| -> Vec<u8> {
            let limits = Limits { window: Some(window), ..Limits::default() };
            (0..24).filter(|&hour| limits.hold(&Now { hour, ..FREE }).is_none()).collect()
        };
        assert_eq!(hours((9, 12)), [9, 10, 11]);
        assert_eq!(hours((22, 2)), [0, 1, 22, 23]);
        assert_eq!(hours((7, 7)).len(), 24);
    }

    #[test]
    fn it_rests_as_long_as_its_share_asks_for() {
        let rest = |share| Limits { share, ..Limits::default() }.rest_ms(3_000.0);
        assert_eq!(SHARES.map(rest), [9_000.0, 3_000.0, 1_000.0, 0.0]);
    }

    #[test]
    fn what_was_kept_is_brought_back_within_bounds() {
        let odd = Limits {
            share: 0,
            window: Some((7, 24)),
            session_hours: 0,
            megabytes_per_hour: u32::MAX,
            spare_battery: false,
        };
        let sane = odd.sane();
        assert_eq!((sane.share, sane.window, sane.session_hours), (100, None, 1));
        assert_eq!(sane.megabytes_per_hour, *MEGABYTES.end());
        assert!(!sane.spare_battery);
    }

    #[test]
    fn bytes_count_for_an_hour() {
        let mut traffic = Traffic::default();
        traffic.add(0.0, 5);
        traffic.add(HOUR_MS / 2.0, 7);
        assert_eq!(traffic.within_hour(HOUR_MS - 1.0), 12);
        assert_eq!(traffic.within_hour(HOUR_MS), 7);
        assert_eq!(traffic.within_hour(2.0 * HOUR_MS), 0);
    }
}
