//! A warning about replicates that need much memory: everything that a replicate sends is kept until its end.

use super::diagnostics::Diagnostic;
use super::settings::{Settings, Slot, blame, sound};

/// Bytes that a replicate may need, on every thread, before a warning.
const MOST: u64 = 1 << 30;

/// Copies of the payload that a request makes at a capability node: in the answer, in its envelope, and decoded.
const COPIES: u64 = 5;

/// Bytes of the messages between one workflow node and one capability node for a request.
const MESSAGES: u64 = 1_100;

/// A replicate that needs more than [`MOST`] bytes. The estimate, requests * N * (5 * payload + 1,100 B * M), was held
/// against two runs of one replicate: 1.3 GB at 16 MiB, N = 16 and duplication, and 1.5 GB for 10,000 requests at N = 16.
pub(super) fn warning(settings: &Settings) -> Option<Diagnostic> {
    let request = settings.group("request");
    let (callers, callees) = (settings.group("workflow_don"), settings.group("capability_don"));
    let slots: [&Slot; 2] = [request.slot("payload_size"), request.slot("count")];
    if !sound(&slots) || !sound(&[callers.slot("nodes"), callees.slot("nodes")]) {
        return None;
    }
    let (payload, count): (u64, u64) = (request.get("payload_size"), request.get("count"));
    let (callers, callees): (u64, u64) = (callers.get("nodes"), callees.get("nodes"));
    let node = payload.saturating_mul(COPIES).saturating_add(MESSAGES.saturating_mul(callers));
    let bytes = count.saturating_mul(callees).saturating_mul(node);
    (bytes > MOST).then(|| {
        let gigabytes = format!("{:.1} GB", bytes as f64 / 1e9);
        let message = format!("a replicate needs about {gigabytes} of memory on every thread");
        let finding = blame(request, &slots, message).label("all requests of a replicate are kept until its end");
        finding.help("take a smaller payload, fewer requests per replicate, or fewer threads (-j)").warning()
    })
}
