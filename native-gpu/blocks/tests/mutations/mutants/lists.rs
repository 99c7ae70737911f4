//! Changes of a list of byte strings.

use super::{below, place};
use hearth_machine::testing::random::Random;

/// Drops, truncates, lengthens or changes one item; says what it did, `None` for an empty list.
pub fn harm(list: &mut Vec<Vec<u8>>, random: &mut Random) -> Option<&'static str> {
    let at = place(random, list)?;
    let item = &mut list[at];
    match random.below(8) {
        0 | 1 => {
            list.remove(at);
            Some("dropped")
        }
        2 if !item.is_empty() => {
            item.truncate(below(random, item.len()));
            Some("truncated")
        }
        3 => {
            item.push(random.below(256) as u8);
            Some("lengthened")
        }
        4 => {
            item.clear();
            Some("emptied")
        }
        _ if !item.is_empty() => {
            let byte = below(random, item.len());
            item[byte] ^= 1 << random.below(8);
            Some("bit flipped")
        }
        _ => {
            list.remove(at);
            Some("dropped")
        }
    }
}

/// Moves or doubles items, or adds others; `None` if nothing has changed.
pub fn rearrange(list: &mut Vec<Vec<u8>>, longest: usize, random: &mut Random) -> Option<&'static str> {
    let before = list.clone();
    let what = match random.below(5) {
        0 => {
            let (a, b) = (place(random, list)?, place(random, list)?);
            list.swap(a, b);
            "swapped"
        }
        1 => {
            list.reverse();
            "reversed"
        }
        2 => {
            let (from, to) = (place(random, list)?, place(random, list)?);
            list.insert(to, list[from].clone());
            "doubled"
        }
        3 => {
            // Not what a hash in the block stands for, but the changed copy of something that is.
            let mut copy = list[place(random, list)?].clone();
            let byte = place(random, &copy)?;
            copy[byte] ^= 1 << random.below(8);
            list.insert(below(random, list.len() + 1), copy);
            "changed copy added"
        }
        _ => {
            let len = below(random, longest + 1);
            let noise = (0..len).map(|_| random.below(256) as u8).collect();
            list.insert(below(random, list.len() + 1), noise);
            "superfluous one added"
        }
    };
    (*list != before).then_some(what)
}
