//! Compares donsim with what the original programs printed, line by line and message by message.
//!
//! Reads `tests/vectors/`, or the folder that `DONSIM_VECTORS` names; files may be plain or end in `.gz`. A missing,
//! empty or malformed file is a failure, so that nothing passes by comparing nothing.

mod aggregator;
mod attestation;
mod hardened;
mod keyring;
mod response;
mod vectors;
mod wire;

use std::path::PathBuf;
use std::process::ExitCode;

use vectors::{Check, Report};

/// Every vector file and what compares its lines.
const FILES: [(&str, Check); 9] = [
    ("report_data", attestation::report_data),
    ("signing", attestation::signing),
    ("signature_check", attestation::signature_check),
    ("peer_id", wire::peer_id),
    ("schedule", wire::schedule),
    ("request", wire::request),
    ("ocr_message", wire::ocr_message),
    ("response", response::compare),
    ("aggregator", aggregator::compare),
];

fn main() -> ExitCode {
    let folder = std::env::var_os("DONSIM_VECTORS")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors"), PathBuf::from);
    println!("vectors of {}", folder.display());
    let mut total = Report::default();
    let mut broken = 0;
    for (name, check) in FILES {
        match vectors::read(&folder, name).and_then(|lines| check(&lines)) {
            Ok(report) => {
                println!("{name:>16}: {report}");
                total += report;
            }
            Err(error) => {
                println!("{name:>16}: {error}");
                broken += 1;
            }
        }
    }
    match keyring::changed() {
        Ok(report) => {
            println!("{:>16}: {report}", "changed");
            total += report;
        }
        Err(error) => {
            println!("{:>16}: {error}", "changed");
            broken += 1;
        }
    }
    println!("{:>16}: {total}", "total");
    if broken > 0 {
        println!("{broken} of {} vector files could not be compared", FILES.len());
    }
    if broken == 0 && total.differences == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
