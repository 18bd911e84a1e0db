//! The real aggregator: one client request of one workflow node, as a state machine without I/O.
//!
//! Usable without the simulator: no clock, no randomness, no threads. [`ClientRequest::handle_message`] and
//! [`ClientRequest::handle_expiry`] take input and say what became of it; there is at most one [`Decision`], and it
//! never changes. What happens to a message, in this order (the numbers stand in the code):
//!
//! 1. after a decision it is ignored;
//! 2. without a proper, expected, unheard sender it is rejected and changes nothing;
//! 3. from here on its sender counts as heard, whatever follows;
//! 4. a payload that does not decode is rejected;
//! 5. the rule set judges responses and errors.
//!
//! Four peers, of which at most one is Byzantine; one has no payload, one lies, one sends an attested response, and
//! that one response decides:
//!
//! ```
//! use std::sync::Arc;
//! use donsim::aggregator::{Answer, ClientRequest, Config, Decision, Fresh, RequestIds, RuleSet, Verdict};
//! use donsim::attestation::{KeyPair, Report, signed_digest};
//! use donsim::wire::{Any, AttributedSignature, ErrorCode, MeteringRecord, OcrAttestation, PeerId, Response};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let peers = [1, 2, 3, 4].map(|name| PeerId([name; 32]));
//! let keys: Vec<KeyPair> = (1..=4).map(|seed| KeyPair::from_private(&[seed; 32])).collect::<Result<_, _>>()?;
//! let signers = keys.iter().map(|key| key.address().0.to_vec()).collect();
//! let config = Arc::new(Config::new(peers.to_vec(), signers, 1, RuleSet::Attested)?);
//! let ids = RequestIds { workflow_execution_id: "wf-exec".into(), reference_id: "ref-1".into() };
//! let mut request = ClientRequest::new(config, Arc::new(ids));
//!
//! let no_payload = Answer::error(ErrorCode::INTERNAL_ERROR, "Public:User:Unknown:__response_payload_not_available");
//! assert_eq!(request.handle_message(Some(&peers[0].0), &no_payload, &mut Fresh), Verdict::Taken);
//!
//! let metering =
//!     MeteringRecord { spend_unit: "RPC_EVM".into(), spend_value: "1".into(), ..MeteringRecord::default() };
//! let lie = Response {
//!     payload: Some(Any::new("type.googleapis.com/a.Reply", "a lie".into())),
//!     metering: vec![metering],
//!     ..Response::default()
//! };
//! let answer = Answer::response(lie.encode());
//! assert_eq!(request.handle_message(Some(&peers[1].0), &answer, &mut Fresh), Verdict::Taken);
//!
//! let report = Report {
//!     workflow_execution_id: "wf-exec",
//!     reference_id: "ref-1",
//!     payload: b"the truth",
//!     spend_unit: "RPC_EVM",
//!     spend_value: "1",
//! };
//! let digest = signed_digest(&report.data(), &[7; 32], 42);
//! let signed_by = |signer: u32| AttributedSignature {
//!     signature: keys[signer as usize].sign(&digest).to_vec().into(),
//!     signer,
//! };
//! let truth = Response {
//!     payload: Some(Any::new("type.googleapis.com/a.Reply", "the truth".into())),
//!     attestation: Some(OcrAttestation {
//!         config_digest: [7; 32],
//!         sequence_number: 42,
//!         signatures: vec![signed_by(1), signed_by(3)],
//!     }),
//!     ..lie
//! };
//! let answer = Answer::response(truth.encode());
//! assert_eq!(request.handle_message(Some(&peers[2].0), &answer, &mut Fresh), Verdict::Decided);
//!
//! let Some(Decision::Success(success)) = request.decision() else { panic!("no success") };
//! assert_eq!(Response::decode(success.response.clone())?.payload_value(), b"the truth");
//! # Ok(())
//! # }
//! ```

mod answer;
mod config;
mod evidence;
mod request;
mod rules;
mod tally;
mod verdict;
mod work;

pub use answer::Answer;
pub use config::{Config, ConfigError, RequestIds};
pub use request::ClientRequest;
pub use rules::{Attestation, Definition, RuleSet, Unavailable};
pub use verdict::{Basis, Crash, Decision, Rejection, Success, Verdict};
pub use work::{Fresh, Memo, Opened, Work};
