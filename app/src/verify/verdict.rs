//! Verdicts, as they are shown.

use yew::prelude::*;

use super::check::Check;
use crate::sources::Opinion;
use crate::text;
use crate::workers::Verdict;

/// Seconds since 1970 at the first slot of a network's beacon chain.
const GENESES: [(&str, u64); 2] = [("mainnet", 1_606_824_023), ("sepolia", 1_655_733_600)];
/// Seconds of a slot.
const SLOT: u64 = 12;

/// The slot of a block, which its time says.
fn slot(network: Option<&str>, timestamp: Option<u64>) -> Option<u64> {
    let (_, genesis) = GENESES.iter().find(|(name, _)| Some(*name) == network)?;
    Some(timestamp?.checked_sub(*genesis)? / SLOT)
}

/// Where a check stands, and how it ended. `opinions` are what the user's sources say of the block.
pub fn verdict(check: &Check, opinions: Option<&Vec<(String, Opinion)>>) -> Html {
    match check {
        Check::Downloading => html! { <span class="busy">{ "Downloading the proof" }</span> },
        Check::Verifying(bytes) => {
            html! { <span class="busy">{ format!("Verifying {}", text::bytes((*bytes).into())) }</span> }
        }
        Check::Failed(reason) => html! { <span class="bad">{ format!("No verdict: {reason}") }</span> },
        Check::Done(_, verdict) if !verdict.ok => {
            let reason = verdict.reason.clone().unwrap_or_default();
            html! { <><span class="bad">{ "✗ Refused" }</span><br /><small>{ reason }</small></> }
        }
        Check::Done(_, verdict) => {
            let security = format!(
                "{} shards, {} bits, {}",
                verdict.shards.unwrap_or_default(),
                verdict.bits.unwrap_or_default(),
                verdict.regime.as_deref().unwrap_or_default()
            );
            let program = verdict.program.clone().unwrap_or_default();
            if let Some(hash) = &verdict.hash {
                return block_verdict(hash, verdict, &security, &program, opinions);
            }
            let digits = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
            let output = digits(verdict.output.as_deref().unwrap_or_default());
            let exit = verdict.exit_code.unwrap_or_default();
            // A proof that a program failed is a proof, but of no block.
            let headline = match exit {
                0 => {
                    html! { <span class="good">{ format!("✓ Execution proved, {}", text::milliseconds(verdict.ms)) }</span> }
                }
                _ => html! { <span class="bad">{ format!("✗ Proved to fail with exit code {exit}") }</span> },
            };
            html! {
                <>
                    { headline }<br />
                    <small>
                        { security }<br />
                        { "program " }<code title={program.clone()}>{ text::short(&program) }</code>
                        { ", output " }<code title={output.clone()}>{ text::short(&output) }</code><br />
                        { "no block: there is nothing to check against consensus" }
                    </small>
                </>
            }
        }
    }
}

/// The verdict on a block.
fn block_verdict(
    hash: &str,
    verdict: &Verdict,
    security: &str,
    program: &str,
    opinions: Option<&Vec<(String, Opinion)>>,
) -> Html {
    let number = verdict.number.map(text::grouped).unwrap_or_default();
    let slot = slot(verdict.network.as_deref(), verdict.timestamp);
    let fork = verdict.fork.as_deref().unwrap_or_default();
    let chain = match (&verdict.network, verdict.chain_id) {
        (Some(network), _) => format!("{network}, rules of {fork}, which are due at its time"),
        (None, id) => format!("chain {} is no public network; judged by the rules of {fork}", id.unwrap_or_default()),
    };
    html! {
        <>
            <span class="good">{ format!("✓ Block valid, {}", text::milliseconds(verdict.ms)) }</span><br />
            <small>
                { format!("block {number}, {}", slot.map(|slot| format!("slot {}, ", text::grouped(slot))).unwrap_or_default()) }<code title={hash.to_owned()}>{ text::short(hash) }</code>{ " (from the proof)" }<br />
                { chain }<br />
                { security }<br />
                { "validator of this page " }<code title={program.to_owned()}>{ text::short(program) }</code><br />
                { consensus(opinions) }
            </small>
        </>
    }
}

/// What the user's sources say of a block whose execution is proved.
fn consensus(opinions: Option<&Vec<(String, Opinion)>>) -> Html {
    let Some(opinions) = opinions.filter(|opinions| !opinions.is_empty()) else {
        return html! { "execution proved; not checked against consensus: name sources of the chain below" };
    };
    let line = |(url, opinion): &(String, Opinion)| {
        let (class, words) = match opinion {
            Opinion::Same => ("good", "has this block".to_owned()),
            Opinion::Other(hash) => ("bad", format!("has another block of this height: {}", text::short(hash))),
            Opinion::Unknown => ("bad", "does not know a block of this height".into()),
            Opinion::OtherChain(id) => ("bad", format!("follows another chain: {id}")),
            Opinion::Silent(reason) => ("", format!("gave no answer: {reason}")),
        };
        html! { <li><code>{ url }</code>{ " " }<span {class}>{ words }</span></li> }
    };
    html! { <>{ "Your sources of the chain:" }<ul class="sources">{ for opinions.iter().map(line) }</ul></> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_of_mainnet_has_a_slot() {
        // The first block after the merge, 15537394, at slot 4700013.
        assert_eq!(slot(Some("mainnet"), Some(1_663_224_179)), Some(4_700_013));
        assert_eq!(slot(Some("mainnet"), Some(0)), None);
        assert_eq!(slot(None, Some(1_663_224_179)), None);
    }
}
