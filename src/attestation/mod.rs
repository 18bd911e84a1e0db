//! Report data, signed digests, signatures and keys: what makes a response's attestation worth something.
//!
//! Usable without the simulator: pure functions on bytes.
//!
//! ```
//! use donsim::attestation::{KeyPair, Report, is_signed_by, signed_digest};
//!
//! # fn main() -> Result<(), donsim::attestation::PrivateKeyError> {
//! let report = Report {
//!     workflow_execution_id: "wf-exec",
//!     reference_id: "ref-1",
//!     payload: b"the truth",
//!     spend_unit: "RPC_EVM",
//!     spend_value: "1",
//! };
//! let digest = signed_digest(&report.data(), &[7; 32], 42);
//! let (signer, address) = (KeyPair::from_private(&[1; 32])?, KeyPair::from_private(&[1; 32])?.address());
//! let signature = signer.sign(&digest);
//! assert!(is_signed_by(&digest, &signature, &address.0));
//! let lie = Report { payload: b"a lie", ..report };
//! assert!(!is_signed_by(&signed_digest(&lie.data(), &[7; 32], 42), &signature, &address.0));
//! # Ok(())
//! # }
//! ```

mod keyring;
mod multiples;
mod report;
mod signature;

pub use keyring::{Claim, Keyring};
pub use report::{Report, signed_digest};
pub use signature::{Address, KeyPair, PrivateKeyError, SIGNATURE_LEN, is_signed_by};
