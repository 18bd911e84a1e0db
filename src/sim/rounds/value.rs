//! Values that nodes observe of a request.

use prost::bytes::Bytes;

use crate::wire::ocr::RequestObservation;

/// Text of the error that nodes agree on when the RPC itself fails for a request.
pub(crate) const RPC_ERROR: &str = "rpc error: execution reverted";

/// Value of a request at a capability node: those that are equal have equal bytes.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::rounds::Value;
/// use donsim::sim::{OcrHappening, ReplicateCache, What, replay};
///
/// let captured = |observation: &str| {
///     let text = format!("schema = 1\ncapability_don.ocr = \"round\"\n{observation}\n");
///     let setup = Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup;
///     let (_, happenings) = replay(&setup, 0, &mut ReplicateCache::new(setup.run.seed));
///     let first = happenings.into_iter().find_map(|happening| match happening.what {
///         What::Ocr(OcrHappening::Captured { value }) => Some(value),
///         _ => None,
///     });
///     Ok::<_, Box<dyn std::error::Error>>(first)
/// };
/// assert_eq!(captured("")?, Some(Value::Response { version: 0 }), "the chain stands still");
/// assert_eq!(captured("observation.errors = 1")?, Some(Value::Failure));
/// assert!(matches!(captured("observation.differ = 1")?, Some(Value::Own { .. })));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Response after so many changes of the chain.
    Response {
        /// The changes.
        version: u32,
    },
    /// The RPC fails for the request, everywhere in the same way.
    Failure,
    /// Response that only this node gets, or makes up.
    Own {
        /// The node.
        node: u32,
        /// Which of its responses.
        number: u32,
    },
    /// Response that colluders have made up together.
    Colluding,
}

/// Value of one request, with the bytes that stand for it in an observation.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::{OcrBody, OcrHappening, ReplicateCache, What, replay};
///
/// let observed_len = |content: &str| {
///     let don = format!("capability_don = {{ ocr = \"round\", observation = \"{content}\" }}");
///     let setup = Scenario::parse("mine.toml".as_ref(), format!("schema = 1\n{don}\n"), &[])?.cell(0).setup;
///     let (_, happenings) = replay(&setup, 0, &mut ReplicateCache::new(setup.run.seed));
///     let first = happenings.iter().find_map(|happening| match &happening.what {
///         What::Ocr(OcrHappening::Sent { message, .. }) => match &message.body {
///             OcrBody::Observation(observation) => observation.values.first().map(|observed| observed.bytes.len()),
///             _ => None,
///         },
///         _ => None,
///     });
///     Ok::<_, Box<dyn std::error::Error>>(first)
/// };
/// assert_eq!((observed_len("hash")?, observed_len("payload")?), (Some(32), Some(1024)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    /// The request.
    pub request: u32,
    /// Its value.
    pub value: Value,
    /// Hash of the response, or its payload; nothing for a failure.
    pub bytes: Bytes,
}

impl Observed {
    /// Entry of the plugin's message.
    pub(super) fn wire(&self) -> RequestObservation {
        match self.value {
            Value::Failure => RequestObservation { observed: Bytes::new(), error: RPC_ERROR.to_owned() },
            _ => RequestObservation { observed: self.bytes.clone(), error: String::new() },
        }
    }
}
