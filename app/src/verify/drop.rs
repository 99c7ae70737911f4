//! A place for proofs that the user brings.

use js_sys::Uint8Array;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{File, FileList, HtmlInputElement};
use yew::prelude::*;

use super::check::{Change, Check, Hear, Known, compare};
use super::verdict::verdict;
use crate::{consent, workers};

/// First bytes of a program's key and of an ELF file; every other file is taken for a proof.
const KEYS: [&[u8]; 2] = [b"HEARTHK", b"\x7fELF"];

/// The proof among the files, and the key, which only a proof of a block can do without.
async fn proof_and_key(files: Vec<File>) -> Result<(Uint8Array, Option<Uint8Array>), String> {
    let [mut proof, mut key] = [None, None];
    for file in files {
        let buffer =
            JsFuture::from(file.array_buffer()).await.map_err(|_| format!("{} is not readable", file.name()))?;
        let bytes = Uint8Array::new(&buffer);
        let start = bytes.subarray(0, 8).to_vec();
        let place = if KEYS.iter().any(|magic| start.starts_with(magic)) { &mut key } else { &mut proof };
        *place = Some(bytes);
    }
    match proof {
        Some(proof) if key.is_some() || workers::is_block_proof(&proof) => Ok((proof, key)),
        _ => Err("choose the proof of a block, or another proof with the key or the ELF file of its program".into()),
    }
}

fn listed(files: Option<FileList>) -> Vec<File> {
    files.into_iter().flat_map(|files| (0..files.length()).filter_map(move |i| files.get(i))).collect()
}

/// The name of its check among those of the node's runs, whose ids are digits.
const DROPPED: &str = "dropped";

/// What the page knows.
#[derive(Properties, PartialEq)]
pub struct Properties {
    /// All of it.
    pub known: UseReducerHandle<Known>,
}

/// A place for a proof of one's own.
#[component]
pub fn Drop(Properties { known }: &Properties) -> Html {
    let start = {
        let hear = known.dispatcher();
        Callback::from(move |files: Vec<File>| spawn_local(check(files, hear.clone())))
    };
    let chosen = start.reform(|event: Event| listed(event.target_unchecked_into::<HtmlInputElement>().files()));
    let dropped = start.reform(|event: DragEvent| {
        event.prevent_default();
        listed(event.data_transfer().and_then(|transfer| transfer.files()))
    });
    html! {
        <div class="drop" ondragover={|event: DragEvent| event.prevent_default()} ondrop={dropped}>
            <label for="files">{ "Verify a proof of your own: drop or choose the proof of a block, or another proof together with the key or the ELF file of its program." }</label>
            <input id="files" type="file" multiple=true onchange={chosen} />
            <div class="verdict" aria-live="polite">{ known.checks.get(DROPPED).map(|check| shown(check, known)) }</div>
        </div>
    }
}

/// Verifies the proof among the files, and asks the user's sources for its block.
async fn check(files: Vec<File>, hear: Hear) {
    let say = |check| hear.dispatch(Change::Check(DROPPED.into(), check));
    let checked = async {
        let (proof, key) = proof_and_key(files).await?;
        say(Check::Verifying(proof.length()));
        let verdict = match key {
            Some(key) if !workers::is_block_proof(&proof) => {
                workers::verify(&proof, &key, consent::test_sizes()).await?
            }
            _ => workers::verify_block(&proof, consent::test_sizes()).await?,
        };
        Ok::<_, String>((proof.length(), verdict))
    };
    match checked.await {
        Ok((bytes, verdict)) => {
            if verdict.ok {
                spawn_local(compare(verdict.clone(), hear.clone()));
            }
            say(Check::Done(bytes, Box::new(verdict)));
        }
        Err(reason) => say(Check::Failed(reason)),
    }
}

/// The check with what the sources say of its block.
fn shown(check: &Check, known: &Known) -> Html {
    let hash = match check {
        Check::Done(_, verdict) => verdict.hash.as_ref(),
        _ => None,
    };
    verdict(check, hash.and_then(|hash| known.opinions.get(hash)))
}
