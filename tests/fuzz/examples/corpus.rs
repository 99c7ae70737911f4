//! Writes seeds: `corpus FOLDER [MOST_BYTES]` writes those of at most so many bytes, a folder for each target.

use std::path::PathBuf;

use hearth_fuzz::targets;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("usage: corpus FOLDER [MOST_BYTES]")?);
    let most = arguments.next().map_or(Ok(usize::MAX), |most| most.parse())?;
    for target in targets::ALL {
        let folder = folder.join(target.name);
        std::fs::create_dir_all(&folder)?;
        for (number, seed) in (target.seeds)().iter().enumerate().filter(|(_, seed)| seed.len() <= most) {
            std::fs::write(folder.join(format!("seed-{number}")), seed)?;
        }
    }
    Ok(())
}
