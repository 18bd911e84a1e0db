//! A record of a run for tests in the library.

use std::collections::BTreeMap;
use std::io;
use std::sync::Mutex;

use donsim::experiment::Record;

/// A record in memory.
#[derive(Debug, Default)]
pub struct Kept(pub Mutex<BTreeMap<String, Vec<u8>>>);

impl Record for Kept {
    fn read(&self, name: &str) -> Option<Vec<u8>> {
        self.0.lock().unwrap().get(name).cloned()
    }

    fn read_elsewhere(&self, _: &str) -> Vec<Vec<u8>> {
        Vec::new()
    }

    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.0.lock().unwrap().insert(name.to_owned(), bytes.to_vec());
        Ok(())
    }

    fn handle_unusable(&self, name: &str, reason: &str) {
        panic!("{name}: {reason}");
    }
}
