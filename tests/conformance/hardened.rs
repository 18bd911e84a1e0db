//! `hardened` beside `attested` on every sequence of the vectors: it must keep each success, with the same payload value.

use std::ops::AddAssign;

use donsim::wire::Response;

use crate::aggregator::Played;
use crate::vectors::Hex;

/// Numbers of sequences.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hardened {
    /// That succeed under `attested`.
    successes: usize,
    /// Of those, that succeed under `hardened`, too.
    kept: usize,
    /// That succeed under `hardened` alone.
    added: usize,
    /// That crash the original under `attested`.
    crashes: usize,
    /// Of those, that `hardened` decides.
    survived: usize,
    /// That succeed under both with different payload values.
    different: usize,
}

impl Hardened {
    /// Counts a sequence.
    pub fn count(&mut self, attested: &Played, hardened: &Played) -> Result<(), String> {
        let succeeds = |played: &Played| played.steps.result_sha256.is_some();
        let decides = |played: &Played| succeeds(played) || played.steps.error.is_some();
        if hardened.steps.steps.contains('!') {
            return Err("hardened says that it crashes".into());
        }
        let crashes = attested.steps.steps.contains('!');
        let both = succeeds(attested) && succeeds(hardened);
        self.successes += usize::from(succeeds(attested));
        self.kept += usize::from(both);
        self.added += usize::from(succeeds(hardened) && !succeeds(attested));
        self.crashes += usize::from(crashes);
        self.survived += usize::from(crashes && decides(hardened));
        self.different += usize::from(both && value(&attested.response)? != value(&hardened.response)?);
        Ok(())
    }

    /// Says what was counted, and what must not be.
    pub fn judged(&self) -> Result<(), String> {
        let Self { successes, kept, added, crashes, survived, different } = self;
        println!("        hardened: keeps {kept} of {successes} successes of attested");
        println!("        hardened: adds {added} successes");
        println!("        hardened: decides {survived} of {crashes} sequences that crash the original");
        println!("        hardened: {different} accepted values differ from those of attested");
        if *successes == 0 || kept < successes || *different > 0 {
            return Err("hardened loses or changes successes of attested".into());
        }
        Ok(())
    }
}

/// Payload value of an accepted response.
fn value(response: &Hex) -> Result<Vec<u8>, String> {
    let response = Response::decode(response.0.clone()).map_err(|error| error.to_string())?;
    Ok(response.payload_value().to_vec())
}

impl AddAssign for Hardened {
    fn add_assign(&mut self, other: Self) {
        self.successes += other.successes;
        self.kept += other.kept;
        self.added += other.added;
        self.crashes += other.crashes;
        self.survived += other.survived;
        self.different += other.different;
    }
}
