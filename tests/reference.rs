//! The committed result of `scenarios/small.toml` is made again, and every byte of it compared.

#[path = "common/binary.rs"]
mod binary;
#[path = "common/files.rs"]
mod files;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use binary::results;
use files::files;

/// Every file but `host.json`, the record, which is no result, and the page for browsers, for which the manifest vouches.
fn comparable(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = files(folder);
    all.retain(|name, _| ["host.json", "report.html"].iter().all(|other| !name.ends_with(other)));
    all.retain(|name, _| !name.starts_with("units"));
    all
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
    let committed = comparable(&root.join("results/small").join(id));
    let made = comparable(&made);
    assert_eq!(made.keys().collect::<Vec<_>>(), committed.keys().collect::<Vec<_>>());
    for (name, bytes) in &made {
        assert!(committed[name] == *bytes, "{} differs from the committed one", name.display());
    }
    assert!(made.len() >= 12, "{:?}", made.keys());
}
