//! What the user agreed to by the address: nothing that a node says can.

fn query() -> String {
    web_sys::window().and_then(|window| window.location().search().ok()).unwrap_or_default()
}

/// Whether the query of the address has this word, as `/?test-sizes&any-program#contribute` has two.
fn asks_for(word: &str) -> bool {
    query().trim_start_matches('?').split('&').any(|part| part == word)
}

/// The node, where it is not the server of the page: `/?node=https://HOST` at a site of static files.
pub fn node() -> Option<String> {
    node_in(&query())
}

fn node_in(query: &str) -> Option<String> {
    let node = query.trim_start_matches('?').split('&').find_map(|part| part.strip_prefix("node="))?;
    let origin = node.trim_end_matches('/');
    let host =
        ["https://", "http://127.0.0.1:", "http://localhost:"].iter().find_map(|start| origin.strip_prefix(start))?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    (!host.is_empty() && host.bytes().all(plain)).then(|| origin.to_owned())
}

/// Whether proofs of the small shards that exist for tests are accepted.
pub fn test_sizes() -> bool {
    asks_for("test-sizes")
}

/// Whether this tab proves shards of other programs than the validator of Ethereum blocks.
pub fn any_program() -> bool {
    asks_for("any-program")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_elsewhere_is_an_origin_and_nothing_more() {
        assert_eq!(node_in("?test-sizes&node=https://hearth.example/").as_deref(), Some("https://hearth.example"));
        assert_eq!(node_in("?node=http://127.0.0.1:7300").as_deref(), Some("http://127.0.0.1:7300"));
        for bad in [
            "",
            "?node=",
            "?node=https://",
            "?node=http://hearth.example",
            "?node=https://a/b",
            "?node=https://u@h",
            "?x",
        ] {
            assert_eq!(node_in(bad), None, "{bad}");
        }
    }
}
