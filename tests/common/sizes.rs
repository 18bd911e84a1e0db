//! Sizes of messages, worked out by hand: what goes on the line between a workflow node and a capability node.

use donsim::engine::Span;

/// Bytes of a protobuf field with a one-byte tag: tag, length, contents.
pub const fn field(len: u64) -> u64 {
    1 + varint(len) + len
}

pub const fn varint(value: u64) -> u64 {
    match value {
        0..0x80 => 1,
        0x80..0x4000 => 2,
        _ => 3,
    }
}

const fn text(text: &str) -> u64 {
    field(text.len() as u64)
}

/// A small number: tag and value.
const NUMBER: u64 = 2;

/// A request with a call of so many bytes.
pub fn request(call: u64) -> u64 {
    let ids = field(64) + field(64) + field(40) + field(20);
    let metadata = ids + NUMBER + NUMBER + text("0") + text("donsim");
    let call = text("type.googleapis.com/capabilities.blockchain.evm.v1alpha.CallContractRequest") + field(call);
    let (config, inputs) = (field(0), field(0));
    field(metadata) + config + inputs + field(call) + text("CallContract") + text("evm:ChainSelector:1@1.0.0")
}

/// A response with a payload of so many bytes, without attestation.
pub fn response(payload: u64) -> u64 {
    let metering = text(&"1".repeat(52)) + text("RPC_EVM") + text("1");
    let payload = text("type.googleapis.com/capabilities.blockchain.evm.v1alpha.CallContractReply") + field(payload);
    field(0) + field(field(metering) + NUMBER) + field(payload)
}

/// An attestation with so many signatures, of which one may be node 0's, whose index is not written, and a sequence
/// number of so many bytes: five above 2^28.
pub fn attestation(signatures: u64, with_node_0: bool, sequence_number: u64) -> u64 {
    let (config_digest, sequence_number) = (field(32), 1 + sequence_number);
    let first = field(field(65) + if with_node_0 { 0 } else { NUMBER });
    let signatures = first + (signatures - 1) * field(field(65) + NUMBER);
    field(config_digest + sequence_number + signatures)
}

/// An envelope with its frame around `content` bytes, sent at `sent`.
pub fn on_the_line(content: u64, sent: Span) -> u64 {
    37 + envelope(field(content), sent)
}

/// The same around an error of code 5.
pub fn error_on_the_line(said: &str, sent: Span) -> u64 {
    37 + envelope(NUMBER + text(said), sent)
}

/// An envelope around a body that has `fields` bytes more than its heading.
fn envelope(fields: u64, sent: Span) -> u64 {
    let millis = sent.as_nanos() / 1_000_000;
    let timestamp = if millis == 0 { 0 } else { 1 + varint(millis) };
    let message_id = "Execute:".len() as u64 + 64 + ":0".len() as u64;
    // The tags of fields 16 and 17 take two bytes.
    let dons = NUMBER + NUMBER + 1;
    let method = text("Execute") + text("CallContract") + 1;
    let heading = NUMBER + field(32) + field(32) + timestamp + field(message_id) + text("evm:ChainSelector:1@1.0.0");
    field(64) + field(heading + dons + method + fields)
}
