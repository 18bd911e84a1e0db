//! `capabilities.CapabilityRequest`: what the workflow nodes ask.

use super::values::{Timestamp, ValueMap};
use prost::Message;
use prost::bytes::Bytes;

/// A request. `config` and `inputs` are always written, also when empty.
///
/// ```
/// use donsim::wire::{CallPayload, CapabilityRequest, RequestMetadata, SpendLimit, Timestamp, request_id};
/// use prost::Message;
///
/// let metadata = RequestMetadata {
///     workflow_execution_id: "wf-exec".into(),
///     reference_id: "ref-1".into(),
///     spend_limits: vec![SpendLimit { spend_type: "RPC_EVM".into(), limit: "10".into() }],
///     execution_timestamp: Some(Timestamp { seconds: 1_700_000_000, nanos: 0 }),
///     ..RequestMetadata::default()
/// };
/// assert_eq!(request_id(&metadata.workflow_execution_id, &metadata.reference_id), "Execute:wf-exec:ref-1");
/// let payload = Some(CallPayload { type_url: "a.Call".into(), value: b"call".as_slice().into() });
/// let request = CapabilityRequest { metadata: Some(metadata), payload, ..CapabilityRequest::default() };
/// assert_eq!(CapabilityRequest::decode(&request.encode_to_vec()[..])?, request);
/// # Ok::<(), prost::DecodeError>(())
/// ```
#[derive(Clone, PartialEq, Message)]
pub struct CapabilityRequest {
    /// Who asks.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<RequestMetadata>,
    /// Configuration as values.
    #[prost(message, required, tag = "2")]
    pub config: ValueMap,
    /// Inputs as values.
    #[prost(message, required, tag = "3")]
    pub inputs: ValueMap,
    /// The call.
    #[prost(message, optional, tag = "4")]
    pub payload: Option<CallPayload>,
    /// Configuration of the call.
    #[prost(message, optional, tag = "5")]
    pub config_payload: Option<CallPayload>,
    /// The capability's method.
    #[prost(string, tag = "6")]
    pub method: String,
    /// Which capability.
    #[prost(string, tag = "7")]
    pub capability_id: String,
}

/// The `Any` of a request.
///
/// ```
/// use donsim::wire::{Any, CallPayload};
/// use prost::Message;
///
/// let call = CallPayload { type_url: "a.Call".into(), value: b"x".as_slice().into() };
/// assert_eq!(Any::new("a.Call", b"x".as_slice().into()).encode(), *call.encode_to_vec().as_slice());
/// ```
#[derive(Clone, PartialEq, Eq, Message)]
pub struct CallPayload {
    /// What `value` is.
    #[prost(string, tag = "1")]
    pub type_url: String,
    /// The encoded call.
    #[prost(bytes = "bytes", tag = "2")]
    pub value: Bytes,
}

/// `capabilities.RequestMetadata`: who asks.
///
/// ```
/// use donsim::wire::RequestMetadata;
/// use prost::Message;
///
/// let metadata = RequestMetadata { workflow_don_id: 1, reference_id: "ref-1".into(), ..RequestMetadata::default() };
/// assert_eq!(metadata.encode_to_vec(), b"\x30\x01\x42\x05ref-1", "fields 6 and 8: there is no field 5");
/// ```
#[derive(Clone, PartialEq, Message)]
pub struct RequestMetadata {
    /// The workflow.
    #[prost(string, tag = "1")]
    pub workflow_id: String,
    /// Its execution, 64 hex characters.
    #[prost(string, tag = "2")]
    pub workflow_execution_id: String,
    /// Its owner.
    #[prost(string, tag = "3")]
    pub workflow_owner: String,
    /// Its name, hashed.
    #[prost(string, tag = "4")]
    pub workflow_name: String,
    /// The workflow DON.
    #[prost(uint32, tag = "6")]
    pub workflow_don_id: u32,
    /// The version of that DON's configuration.
    #[prost(uint32, tag = "7")]
    pub workflow_don_config_version: u32,
    /// The step of the workflow.
    #[prost(string, tag = "8")]
    pub reference_id: String,
    /// The workflow's name for people.
    #[prost(string, tag = "9")]
    pub decoded_workflow_name: String,
    /// What the request may spend.
    #[prost(message, repeated, tag = "10")]
    pub spend_limits: Vec<SpendLimit>,
    /// The workflow's tag.
    #[prost(string, tag = "11")]
    pub workflow_tag: String,
    /// The chain of the workflow registry.
    #[prost(string, tag = "12")]
    pub workflow_registry_chain_selector: String,
    /// The address of the workflow registry.
    #[prost(string, tag = "13")]
    pub workflow_registry_address: String,
    /// The engine's version.
    #[prost(string, tag = "14")]
    pub engine_version: String,
    /// When the execution began.
    #[prost(message, optional, tag = "15")]
    pub execution_timestamp: Option<Timestamp>,
    /// The organisation.
    #[prost(string, tag = "16")]
    pub org_id: String,
}

/// A bound on what a request may spend.
///
/// ```
/// use donsim::wire::{RequestMetadata, SpendLimit};
/// use prost::Message;
///
/// let limit = |spend_type: &str| SpendLimit { spend_type: spend_type.into(), limit: "10".into() };
/// let spend_limits = vec![limit("RPC_EVM"), limit("COMPUTE")];
/// let metadata = RequestMetadata { spend_limits, ..RequestMetadata::default() };
/// let received = RequestMetadata::decode(&metadata.encode_to_vec()[..])?;
/// assert_eq!(received.spend_limits[1].spend_type, "COMPUTE");
/// # Ok::<(), prost::DecodeError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Message)]
pub struct SpendLimit {
    /// What is spent.
    #[prost(string, tag = "1")]
    pub spend_type: String,
    /// How much at the most.
    #[prost(string, tag = "2")]
    pub limit: String,
}

/// The id of a request, whose bytes are its message id: `Execute:<execution id>:<reference id>`.
///
/// ```
/// use donsim::wire::{MessageHeader, request_id};
///
/// let message_id = request_id("wf-exec", "ref-1").into();
/// let header = MessageHeader { message_id, ..MessageHeader::default() };
/// assert_eq!(header.message_id, "Execute:wf-exec:ref-1");
/// ```
#[must_use]
pub fn request_id(workflow_execution_id: &str, reference_id: &str) -> String {
    format!("Execute:{workflow_execution_id}:{reference_id}")
}
