//! Recovers keys: the input is a sequence of hash, signature and recovery id (32 + 64 + 1 bytes), the output that of
//! the keys, 64 bytes each, zeros where there is none. With a further byte at the end of the input each key is also
//! verified.
#![no_std]
#![no_main]

use hearth_guest::secp256k1::{recover, recovers_to, verify};
use hearth_guest::{entry, read_input, write_output};

entry!(main);

fn main() {
    let (records, rest) = read_input().as_chunks::<97>();
    assert!(rest.len() < 2);
    for record in records {
        let hash = record[..32].try_into().unwrap();
        let signature = record[32..96].try_into().unwrap();
        let key = recover(hash, signature, record[96]);
        if let Some(key) = &key
            && !rest.is_empty()
        {
            assert!(verify(hash, signature, key));
            assert!(!verify(&[1; 32], signature, key));
            assert!(recovers_to(hash, signature, record[96], key));
            assert!(!recovers_to(hash, signature, record[96] ^ 1, key));
        }
        write_output(&key.unwrap_or([0; 64]));
    }
}
