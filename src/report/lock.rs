//! The lock of a results folder: one process at a time writes into it.
//!
//! It is an advisory lock of the operating system on a file beside the folder, `.<id>.lock`, in which the holder's process
//! id stands. The system releases it when the holder ends, however it ends: what a killed run leaves stops nobody.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use super::files::{FolderError, at};

/// A lock file whose holder neither has said who it is nor is gone is tried so often, with a pause between: its holder is
/// just beginning, or just ending.
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(10);

/// A results folder that nobody else writes into; free again when this is dropped.
pub(super) struct Lock {
    path: PathBuf,
    file: File,
}

impl Lock {
    /// The lock of `folder`, which has to exist; a `part` of it that has a name has a lock of its own.
    pub(super) fn take(folder: &Path, part: &str) -> Result<Self, FolderError> {
        // One folder has one lock, whatever it is called.
        let place = folder.canonicalize().map_err(at(folder))?;
        let name = place.file_name().unwrap_or_default().display();
        let path = place.with_file_name(format!(".{name}{part}.lock"));
        for _ in 0..TRIES {
            match attempt(&path).map_err(at(&path))? {
                Attempt::Taken(file) => return Ok(Self { path, file }),
                Attempt::HeldBy(id) => return Err(busy(folder, format!("process {id}"))),
                Attempt::Unclear => thread::sleep(PAUSE),
            }
        }
        Err(busy(folder, "another process".to_owned()))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Removed while it is held: who opened it before and locks it after sees that it is no longer at its place.
        if is_at(&self.file, &self.path).unwrap_or(false) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

enum Attempt {
    Taken(File),
    HeldBy(u32),
    Unclear,
}

fn attempt(path: &Path) -> io::Result<Attempt> {
    let mut file = File::options().read(true).write(true).create(true).truncate(false).open(path)?;
    match file.try_lock() {
        Ok(()) if is_at(&file, path)? => {
            file.set_len(0)?;
            writeln!(file, "{}", std::process::id())?;
            Ok(Attempt::Taken(file))
        }
        Ok(()) => Ok(Attempt::Unclear),
        Err(TryLockError::WouldBlock) => {
            let mut text = String::new();
            file.read_to_string(&mut text)?;
            let id = text.strip_suffix('\n').and_then(|id| id.parse().ok());
            Ok(id.map_or(Attempt::Unclear, Attempt::HeldBy))
        }
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Whether `file` is the one at `path`, and not one that was there and is removed.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;

    let (open, there) = (file.metadata()?, fs::metadata(path));
    match there {
        Ok(there) => Ok((open.dev(), open.ino()) == (there.dev(), there.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Without a number that tells files apart, the lock file stays where it is once it is there.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> io::Result<bool> {
    Ok(true)
}

fn busy(folder: &Path, holder: String) -> FolderError {
    FolderError::Busy(folder.to_owned(), holder)
}
