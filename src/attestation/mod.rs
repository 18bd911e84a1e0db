//! Report data, signed digests, signatures and keys: what makes a response's attestation worth something.
//!
//! Usable without the simulator: pure functions on bytes.

mod keyring;
mod multiples;
mod report;
mod signature;

pub use keyring::{Claim, Keyring};
pub use report::{Report, signed_digest};
pub use signature::{Address, KeyPair, PrivateKeyError, SIGNATURE_LEN, is_signed_by};
