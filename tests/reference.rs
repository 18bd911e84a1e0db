//! The committed result of `scenarios/small.toml` is made again, and every byte of it compared.

#[path = "common/binary.rs"]
mod binary;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use binary::results;

/// Every file below a folder but `host.json` and pictures as PNG, by its path in it. The latter are not committed: their
/// digests stand in the manifest.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("it is there") {
            let path = entry.expect("it is readable").path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("host.json") && path.extension().is_none_or(|ending| ending != "png") {
                let name = path.strip_prefix(folder).expect("it is below").to_owned();
                files.insert(name, fs::read(&path).expect("it is readable"));
            }
        }
    }
    files
}

#[test]
fn the_small_result_is_reproduced_byte_for_byte() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let scenario = fs::read_to_string(root.join("scenarios/small.toml")).expect("it is there");
    let folder = tempfile::tempdir().expect("there is room");
    fs::create_dir(folder.path().join("data")).expect("the folder is writable");
    let matrix = "data/rtt-ibm-cloud-2024-08.csv";
    fs::copy(root.join("scenarios").join(matrix), folder.path().join(matrix)).expect("it is there");
    let made = results(folder.path(), "made", &scenario, &[]);
    let id = made.file_name().expect("it has a name");
    let committed = files(&root.join("results/small").join(id));
    let made = files(&made);
    assert_eq!(made.keys().collect::<Vec<_>>(), committed.keys().collect::<Vec<_>>());
    for (name, bytes) in &made {
        assert!(committed[name] == *bytes, "{} differs from the committed one", name.display());
    }
    assert!(made.len() >= 12, "{:?}", made.keys());
}
