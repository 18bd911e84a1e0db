//! Other calls under the id of a genuine one.

use prost::Message as _;
use prost::bytes::Bytes;

use super::RequestContext;
use crate::sim::message::encode_request;
use crate::sim::site::Site;
use crate::wire::CapabilityRequest;

/// Another call of the genuine one's size: number `number` of those that the node has for the request.
pub(super) fn other(ask: &RequestContext<'_>, number: u32) -> Bytes {
    let genuine = &ask.request.bytes;
    // What donsim encoded itself decodes; without an inside to change, the outside is repeated as it is.
    let Ok(mut request) = CapabilityRequest::decode(genuine.clone()) else { return genuine.clone() };
    let Some(payload) = &mut request.payload else { return genuine.clone() };
    let len = payload.value.len().max(1);
    let mut value = Site::Call.bytes(ask.draws, [ask.request.number, ask.node + 1, number, 0, 0], len);
    // A short call might come out genuine.
    if payload.value == value {
        value[0] ^= 1;
    }
    payload.value = value.into();
    encode_request(&request)
}
