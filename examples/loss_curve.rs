//! One experiment from the library: the share of requests that two rule sets accept as more and more answers get lost.
//!
//! ```text
//! cargo run --release --example loss_curve
//! ```

use std::error::Error;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::thread::available_parallelism;

use donsim::experiment::{Metric, Options, run};
use donsim::scenario::Scenario;
use donsim::sim::simulate;

const SCENARIO: &str = r#"
schema = 1
run.replicates = 400
capability_don.nodes = 7
sweep.grid.network.response.loss = [0, 0.1, 0.3, 0.5]
sweep.grid.aggregator.rule_set = ["identical", "attested"]
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let scenario = Scenario::parse(Path::new("loss_curve.toml"), SCENARIO.to_owned(), &[])?;
    let stop = AtomicBool::new(false);
    let options = Options::new(available_parallelism()?, &stop);
    let findings = run(&scenario, options, &simulate, &mut ())?;
    for cell in &findings.summary.cells {
        let axes: Vec<&str> = cell.axes.iter().map(|value| value.text.as_str()).collect();
        let accepted = cell.estimate(Metric::Accepted).ok_or("every cell has this estimate")?;
        if let (Some(value), Some(low), Some(high)) = (accepted.value, accepted.ci_low, accepted.ci_high) {
            println!("loss {:<4} {:<10} accepted {value:.3} [{low:.3}, {high:.3}]", axes[0], axes[1]);
        }
    }
    Ok(())
}
