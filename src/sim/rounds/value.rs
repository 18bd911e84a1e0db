//! Values that nodes observe of a request.

use prost::bytes::Bytes;

use crate::wire::ocr::RequestObservation;

/// Text of the error that nodes agree on when the RPC itself fails for a request.
pub(crate) const RPC_ERROR: &str = "rpc error: execution reverted";

/// Value of a request at a capability node: those that are equal have equal bytes.
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
