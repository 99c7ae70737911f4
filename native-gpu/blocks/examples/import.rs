//! Writes the guest's input for a block file: `import FILE.json.zst INPUT.bin`.

use hearth_blocks::{BlockFile, import_file, validate_verbose};
use std::{error::Error, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(file), Some(out)) = (arguments.next(), arguments.next()) else {
        return Err("usage: import FILE.json.zst INPUT.bin".into());
    };
    let imported = import_file(&BlockFile::read(Path::new(&file))?, true)?;
    std::fs::write(&out, &imported.input)?;
    let (output, result) = validate_verbose(&imported.input);
    println!("{} bytes, block {}, {:?}", imported.input.len(), imported.hash, result);
    println!("output {}", alloy_primitives::hex::encode(output.to_bytes()));
    Ok(())
}
