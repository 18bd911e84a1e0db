//! Seeds: the vectors of the original programs, and the scenarios for users.

use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Where the package lies.
fn home() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder of the scenarios.
pub fn scenario_folder() -> PathBuf {
    home().join("scenarios")
}

/// All scenarios, in the order of their names.
pub fn scenarios() -> Vec<String> {
    let files = std::fs::read_dir(scenario_folder()).expect("scenarios/ is there");
    let mut paths: Vec<_> = files.map(|file| file.expect("scenarios/ can be listed").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    paths.iter().map(|path| std::fs::read_to_string(path).expect("scenarios are text")).collect()
}

/// Bytes of responses, good and bad.
pub fn responses() -> Vec<Vec<u8>> {
    #[derive(Deserialize)]
    struct Line {
        bytes: String,
    }
    lines::<Line>(&read("response.jsonl")).into_iter().map(|line| unhex(&line.bytes)).collect()
}

/// What an aggregator is asked, with the answers of its peers and orders of their arrival.
#[derive(Deserialize)]
pub struct World {
    pub n: usize,
    pub f: usize,
    pub workflow_execution_id: String,
    pub reference_id: String,
    pub peers: Vec<String>,
    pub signers: Vec<String>,
    pub payloads: Vec<String>,
    pub messages: Vec<Message>,
    pub sequences: Vec<Sequence>,
}

#[derive(Deserialize)]
pub struct Message {
    pub sender: Option<String>,
    pub code: i32,
    #[serde(default)]
    pub text: String,
    pub payload: i64,
}

#[derive(Deserialize)]
pub struct Sequence {
    pub order: Vec<usize>,
}

/// All worlds of the aggregator's vectors.
pub fn worlds() -> Vec<World> {
    let mut text = Vec::new();
    MultiGzDecoder::new(&read("aggregator.jsonl.gz")[..]).read_to_end(&mut text).expect("vectors unpack");
    lines(&text)
}

fn read(name: &str) -> Vec<u8> {
    std::fs::read(home().join("tests/vectors").join(name)).expect("vectors are there")
}

fn lines<T: DeserializeOwned>(text: &[u8]) -> Vec<T> {
    let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).expect("vectors are JSON")).collect()
}

/// The bytes behind hexadecimal digits of the vectors.
pub fn unhex(text: &str) -> Vec<u8> {
    hex::decode(text).expect("vectors hold hexadecimal digits")
}
