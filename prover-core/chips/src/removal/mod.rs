//! Every check is load-bearing: leave one out, and there is a row that passes all others.

mod parabola;
mod probe;
mod rows;
mod search;

use crate::tables::Table;
use search::Subject;

#[test]
fn survey() {
    extern crate std;
    let rows = rows::honest_rows();
    let only = std::env::var("ONLY").unwrap_or_default();
    let effort: usize = std::env::var("EFFORT").ok().map_or(200_000, |effort| effort.parse().unwrap());
    for &table in Table::ALL {
        let Some(rows) = rows.get(table.name()) else { continue };
        if !only.is_empty() && !only.split(',').any(|name| name == table.name()) {
            continue;
        }
        let start = std::time::Instant::now();
        let subject = Subject::new(table, rows.clone());
        let mut found = [0; 4];
        let mut missing = alloc::vec::Vec::new();
        for item in subject.items() {
            let cheat = subject.search(item, effort);
            found[cheat.map_or(0, |cheat| cheat as usize + 1)] += 1;
            if cheat < Some(search::Cheat::Input) {
                std::println!("  {} {:?}", subject.name(item), start.elapsed());
                missing.push((subject.name(item), cheat));
            }
        }
        std::println!("{}: {} rows, {found:?}, {:?}", table.name(), subject.rows(), start.elapsed());
        for (name, cheat) in missing {
            std::println!("    {name}: {cheat:?}");
        }
    }
}
