//! A scenario with something of everything that tables have to tell.

/// Axes that advance together and a grid; values with every unit, plain numbers, texts, and numbers mixed with texts; two
/// faults of one kind, one of them with nodes in some cells only; a cut.
pub const EVERYTHING: &str = r#"
schema = 1
name = "everything"
[run]
replicates = 4
[capability_don]
nodes = 4
[workflow_don]
nodes = 2
f = 0
[network.response]
loss = 0.1
[[faults.slow]]
nodes = 1
delay = "5ms"
[[faults.slow]]
nodes = 0
delay = "50ms"
[[faults.wrong_payload]]
nodes = 1
holders = 1
[[network.cuts]]
from = ["capability.3"]
to = ["workflow.1"]
start = "1.5s"
end = "1.6s"
[sweep.zip]
network.latency = ["40ms", { dist = "exponential", mean = "0.1s" }]
network.bandwidth = ["1Mbit/s", "0.5Gbit/s"]
[sweep.grid]
capability_don.payload_holders = ["f+1", 3]
request.payload_size = ["64B", "2KiB"]
aggregator.timeout = ["1700ms", "2.5s"]
faults.slow.1.nodes = [0, 1]
aggregator.rule_set = ["identical", "attested"]
"#;
