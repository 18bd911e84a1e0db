//! The rows of a run on the disk: `runs.csv`, or `runs.csv.gz`.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;

/// Names of the file, plain and with gzip.
pub(super) const NAMES: [&str; 2] = ["runs.csv", "runs.csv.gz"];

/// A file of rows that is being written.
pub(super) enum RowsFile {
    Plain(File),
    /// Without a name and a time of its own, so that equal rows are equal bytes.
    Gzip(GzEncoder<File>),
}

impl RowsFile {
    /// An empty file at `path`.
    pub fn create(path: &Path, gzip: bool) -> io::Result<Self> {
        let file = File::create(path)?;
        Ok(if gzip { Self::Gzip(GzEncoder::new(file, Compression::default())) } else { Self::Plain(file) })
    }

    /// Writes what is left of another file.
    pub fn append(&mut self, other: &mut File) -> io::Result<()> {
        // From file to file the system copies without a detour.
        let copied = match self {
            Self::Plain(file) => io::copy(other, file),
            Self::Gzip(encoder) => io::copy(other, encoder),
        };
        copied.map(drop)
    }

    /// Brings all that was written to the file.
    pub fn finish(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(file) => file.flush(),
            Self::Gzip(encoder) => encoder.try_finish(),
        }
    }
}

impl Write for RowsFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.write(bytes),
            Self::Gzip(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(file) => file.flush(),
            // It would begin a block of the compressed stream, so that bytes depended on where; `finish` brings them all.
            Self::Gzip(_) => Ok(()),
        }
    }
}

/// Rows of the results folder at `folder` and their place, which is that of the plain file where there is none.
pub(super) fn open(folder: &Path) -> (PathBuf, io::Result<Box<dyn Read>>) {
    let [plain, gzip] = NAMES.map(|name| folder.join(name));
    match File::open(&gzip) {
        Ok(file) if !plain.exists() => (gzip, Ok(Box::new(MultiGzDecoder::new(file)))),
        _ => {
            let file = File::open(&plain);
            (plain, file.map(|file| Box::new(file) as Box<dyn Read>))
        }
    }
}
