//! What the user agreed to by the address: nothing that a node says can.

/// Whether the query of the address has this word, as `/?test-sizes&any-program#contribute` has two.
fn asks_for(word: &str) -> bool {
    let query = web_sys::window().and_then(|window| window.location().search().ok()).unwrap_or_default();
    query.trim_start_matches('?').split('&').any(|part| part == word)
}

/// Whether proofs of the small shards that exist for tests are accepted.
pub fn test_sizes() -> bool {
    asks_for("test-sizes")
}

/// Whether this tab proves shards of other programs than the validator of Ethereum blocks.
pub fn any_program() -> bool {
    asks_for("any-program")
}
